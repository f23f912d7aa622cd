package io.tidegate.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The lines that a test has written to the log, each with its level. */
public final class LogLines extends Handler implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger;
    private final List<String> lines = new ArrayList<>();

    /** @param logger by whose name, or a longer one, they are written */
    public LogLines(String logger) {
        this.logger = Logger.getLogger(logger);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        clear();
        logger.addHandler(this);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.removeHandler(this);
    }

    public synchronized List<String> all() {
        return List.copyOf(lines);
    }

    public List<String> warnings() {
        return all().stream().filter(line -> line.startsWith("WARNING")).toList();
    }

    public synchronized void clear() {
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
