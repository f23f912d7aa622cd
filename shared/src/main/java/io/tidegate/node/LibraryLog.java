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
 * What libraries log with an exception, at most once a minute for each kind: a client that breaks off, or a Redis that is slow to
 * connect, must not fill the log. The stack trace is left out where the library calls nothing of this server, so that no
 * defect of it can be in there. Named in {@code logging.properties}; any thread.
 */
public final class LibraryLog implements Filter {
    private static final List<String> LIBRARIES = List.of("io.netty.", "org.redisson.", "io.helidon.");
    private static final List<String> WITHOUT_TRACE = List.of("io.netty.", "org.redisson.");

    /** Of different kinds a library has few; the names of exceptions are the libraries' own. */
    private static final int KINDS = 256;

    private final Map<String, Rarely> kinds = new ConcurrentHashMap<>();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Clock clock;

    /** As the log manager makes it. */
    public LibraryLog() {
        this(Clock.system());
    }

    LibraryLog(Clock clock) {
        this.clock = clock;
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        Throwable thrown = record.getThrown();
        // Before its stack trace is printed.
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
