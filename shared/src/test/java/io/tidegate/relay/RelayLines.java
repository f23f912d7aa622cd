package io.tidegate.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The lines that the relays of a test write to the log, each with its level. */
final class RelayLines extends Handler implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger = Logger.getLogger("io.tidegate.relay");
    private final List<String> lines = new ArrayList<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        clear();
        logger.addHandler(this);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.removeHandler(this);
    }

    synchronized List<String> all() {
        return List.copyOf(lines);
    }

    List<String> warnings() {
        return all().stream().filter(line -> line.startsWith("WARNING")).toList();
    }

    synchronized void clear() {
        lines.clear();
    }

    @Override
    public synchronized void publish(LogRecord event) {
        lines.add(event.getLevel() + " " + new SimpleFormatter().formatMessage(event));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "" + all();
    }
}
