package io.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends POSIX signals. {@link Process} itself can send two of them. */
final class Signal {
    private Signal() {}

    /**
     * Returns when the signal is sent.
     *
     * @param name as {@code kill} takes it, {@code -STOP} for example
     * @throws IllegalStateException if the signal cannot be sent
     */
    static void send(Process process, String name) {
        try {
            int status = new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill " + name + " failed: " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
