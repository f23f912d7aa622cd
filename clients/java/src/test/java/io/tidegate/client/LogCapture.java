package io.tidegate.client;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the client logs at WARNING and above, where nobody has set up anything. */
final class LogCapture extends Handler implements AutoCloseable {
    private static final Logger CLIENT = Logger.getLogger("io.tidegate.client");

    private final List<String> lines = new ArrayList<>();

    LogCapture() {
        setLevel(Level.WARNING);
        CLIENT.addHandler(this);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord line) {
        if (isLoggable(line)) {
            Object[] parameters = line.getParameters();
            lines.add(parameters == null ? line.getMessage() : MessageFormat.format(line.getMessage(), parameters));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        CLIENT.removeHandler(this);
    }
}
