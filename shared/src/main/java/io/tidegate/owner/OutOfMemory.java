package io.tidegate.owner;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at an {@link OutOfMemoryError}, as {@code -XX:+ExitOnOutOfMemoryError} does where it is set: nobody knows
 * which step of which thread is missing. A running JVM cannot be given that flag, so whatever catches errors asks here.
 *
 * <p>Any thread may call this; before {@link #endsProcess} nothing happens, since a test must not end its own process.
 */
public final class OutOfMemory {
    /** That of {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_CODE = 3;

    private static final int CAUSES = 16;

    /** Made before there is no memory for it. */
    private static final byte[] LINE =
            "Out of memory: this process ends with exit code 3; -Xmx gives it more heap\n".getBytes(US_ASCII);

    /** The log manager holds loggers weakly. */
    private static final Logger ROOT = Logger.getLogger("");

    private static volatile boolean ends;

    private OutOfMemory() {}

    /** From now on such an error ends the process, where one leaves a thread or is logged, too. */
    public static void endsProcess() {
        ends = true;
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            check(thrown);
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            thrown.printStackTrace();
        });
    }

    /** Frameworks log what they catch. To be called when logging is configured. */
    public static void watchLog() {
        ROOT.addHandler(new Watch());
    }

    /** Does not return where this is such an error, or was caused by one. */
    public static void check(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; ends && cause != null && i < CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                System.err.write(LINE, 0, LINE.length);
                System.err.flush();
                // No hooks: what they need may be what is missing.
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
