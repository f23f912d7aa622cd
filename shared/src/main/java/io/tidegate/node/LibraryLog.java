package io.tidegate.node;

import io.tidegate.owner.OutOfMemory;
import io.tidegate.time.Clock;
import io.tidegate.time.Rarely;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Limits what libraries log with an exception to one record a minute for each kind, so that a client that disconnects or
 * a slow Redis does not fill the log. For libraries that call no code of this server the stack trace is left out, because
 * it cannot show a defect of this server. Named in {@code logging.properties}; any thread.
 */
public final class LibraryLog implements Filter {
    private static final List<String> LIBRARIES = List.of("io.netty.", "org.redisson.", "io.helidon.");
    private static final List<String> WITHOUT_TRACE = List.of("io.netty.", "org.redisson.");

    /** The largest number of kinds. A library has few, because it defines the types of its exceptions. */
    private static final int KINDS = 256;

    private final Map<String, Rarely> kinds = new ConcurrentHashMap<>();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Clock clock;

    /** The constructor that the log manager calls. */
    public LibraryLog() {
        this(Clock.system());
    }

    LibraryLog(Clock clock) {
        this.clock = clock;
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        Throwable thrown = record.getThrown();
        // The check comes before anything prints the stack trace.
        OutOfMemory.check(thrown);
        String logger = record.getLoggerName();
        if (thrown == null || logger == null || !isOf(LIBRARIES, logger)) {
            return true;
        }
        String kind = logger + " " + thrown.getClass().getName();
        if (kinds.size() >= KINDS && !kinds.containsKey(kind)) {
            return false;
        }
        if (!kinds.computeIfAbsent(kind, key -> new Rarely()).isTime(clock.nanoTime())) {
            return false;
        }
        if (isOf(WITHOUT_TRACE, logger)) {
            leaveOutTrace(record, thrown);
        }
        return true;
    }

    private static boolean isOf(List<String> packages, String logger) {
        return packages.stream().anyMatch(logger::startsWith);
    }

    private void leaveOutTrace(LogRecord record, Throwable thrown) {
        String line = formatter.formatMessage(record) + ": " + thrown;
        record.setThrown(null);
        record.setParameters(null);
        record.setMessage(line.replaceAll("\\p{Cntrl}+", " "));
    }
}
