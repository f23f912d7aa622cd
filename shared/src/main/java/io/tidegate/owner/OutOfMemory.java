package io.tidegate.owner;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at an {@link OutOfMemoryError}, like {@code -XX:+ExitOnOutOfMemoryError}: after such an error it is
 * unknown which step of which thread is incomplete. A running JVM cannot be given that flag, so all code that catches
 * errors calls this class.
 *
 * <p>Any thread may call it. Before {@link #endsProcess} it does nothing, because a test must not end its own process.
 */
public final class OutOfMemory {
    /** The exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_CODE = 3;

    private static final int CAUSES = 16;

    /** Allocated early, while there is memory. */
    private static final byte[] LINE =
            "Out of memory: this process ends with exit code 3; -Xmx gives it more heap\n".getBytes(US_ASCII);

    /** A strong reference, because the log manager holds loggers weakly. */
    private static final Logger ROOT = Logger.getLogger("");

    private static volatile boolean ends;

    private OutOfMemory() {}

    /** From now on such an error ends the process, also if it ends a thread or is logged. */
    public static void endsProcess() {
        ends = true;
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            check(thrown);
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            thrown.printStackTrace();
        });
    }

    /** Watches log records, because frameworks log what they catch. To be called when logging is configured. */
    public static void watchLog() {
        ROOT.addHandler(new Watch());
    }

    /** Does not return if this is such an error, or was caused by one. */
    public static void check(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; ends && cause != null && i < CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                System.err.write(LINE, 0, LINE.length);
                System.err.flush();
                // Halts without shutdown hooks, because they may need memory.
                Runtime.getRuntime().halt(EXIT_CODE);
            }
            cause = cause.getCause();
        }
    }

    private static final class Watch extends Handler {
        @Override
        public void publish(LogRecord record) {
            check(record.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
