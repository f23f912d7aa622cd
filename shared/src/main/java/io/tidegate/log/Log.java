package io.tidegate.log;

import io.tidegate.owner.OutOfMemory;
import io.tidegate.settings.Settings;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Configures {@code java.util.logging} by the settings, on top of {@code logging.properties}. */
public final class Log {
    /** Names an operator's own file, which then decides on levels and handlers. */
    private static final String OWN_FILE = "java.util.logging.config.file";

    /** Strong references, because the JDK holds loggers weakly, and a collected logger loses its level. */
    private static final List<java.util.logging.Logger> HELD = new ArrayList<>();

    private final boolean json;
    private final Formatter formatter;

    private Log(boolean json, String node) {
        this.json = json;
        this.formatter = new LineFormatter(json, node);
    }

    /** Configures the log of this process: levels, format, and what happens to an uncaught exception. */
    public static Log setUp(Settings settings) {
        Log log = new Log(settings.log().json(), settings.server().node());
        if (System.getProperty(OWN_FILE) == null) {
            log.apply(settings);
        }
        Logger uncaught = System.getLogger("io.tidegate.log");
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            OutOfMemory.check(e);
            uncaught.log(Logger.Level.ERROR, "Thread " + thread.getName() + " ended with an exception", e);
        });
        return log;
    }

    private void apply(Settings settings) {
        for (Handler handler : java.util.logging.Logger.getLogger("").getHandlers()) {
            handler.setFormatter(formatter);
            handler.setLevel(Level.ALL);
        }
        Level own = level(settings.log().levels().level());
        // Details of a library, beyond its default level, are logged only if the settings name the library.
        if (own.intValue() > Level.INFO.intValue()) {
            set("", own);
        }
        set("io.tidegate", own);
        settings.log().levels().named().forEach((name, level) -> set(name, level(level)));
    }

    private static void set(String name, Level level) {
        java.util.logging.Logger logger = java.util.logging.Logger.getLogger(name);
        logger.setLevel(level);
        HELD.add(logger);
    }

    /** The JDK's mapping from {@link System.Logger} levels. */
    private static Level level(Logger.Level level) {
        return switch (level) {
            case ALL -> Level.ALL;
            case TRACE -> Level.FINER;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
            case OFF -> Level.OFF;
        };
    }

    /** Writes a line at every level: as plain text, or in a JSON object. */
    public void print(PrintStream stream, Logger.Level level, String logger, String line) {
        if (!json) {
            stream.println(line);
            return;
        }
        LogRecord logged = new LogRecord(level(level), line);
        logged.setLoggerName(logger);
        stream.print(formatter.format(logged));
        stream.flush();
    }
}
