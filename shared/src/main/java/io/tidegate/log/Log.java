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

/** Sets {@code java.util.logging} up as the settings say, on top of {@code logging.properties}. */
public final class Log {
    /** Names a file that an operator has written: it decides then on levels and handlers. */
    private static final String OWN_FILE = "java.util.logging.config.file";

    /** The JDK holds loggers weakly, and one that is collected forgets its level. */
    private static final List<java.util.logging.Logger> HELD = new ArrayList<>();

    private final boolean json;
    private final Formatter formatter;

    private Log(boolean json, String node) {
        this.json = json;
        this.formatter = new LineFormatter(json, node);
    }

    /** Sets up the log of this process: levels, form, and what becomes of an exception that nobody catches. */
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
        // More of a library's insides than it says by itself is written only where it is named.
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

    /** The same mapping as that of the JDK from {@link System.Logger}. */
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

    /** Writes a line that no level holds back: as it is, or in a JSON object. */
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
