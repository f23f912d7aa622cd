package io.tidegate.node;

import io.tidegate.settings.SettingsException;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** The life of a server's process, the same for every runtime: what it prints, when it ends, and with which exit code. */
public final class Launch {
    private static final int CANNOT_LISTEN = 1;
    private static final int BAD_SETTINGS = 2;

    /** As the JVM ends where the main thread fails. */
    private static final int FAILED = 1;

    private Launch() {}

    /** A server whose listeners are open. */
    public interface Server extends AutoCloseable {
        int port();

        int managementPort();

        /** Empty where the API is not open. */
        OptionalInt apiPort();

        /** Returns when everybody has left. */
        void drain() throws InterruptedException;

        @Override
        void close();
    }

    /** How a runtime starts its server. */
    @FunctionalInterface
    public interface Start {
        /**
         * Reads the settings, and opens the listeners.
         *
         * @throws SettingsException where something is wrong with the settings
         * @throws IllegalArgumentException where a file that the settings name cannot be used
         * @throws CannotListenException where one of the ports cannot be had
         */
        Server start() throws CannotListenException;
    }

    /**
     * Starts a server, and ends it at the first signal. To be called before anything else, since signals are heard from
     * here on: one that comes during the start is obeyed when the start is over, before that nothing can be closed in
     * order. A start that fails ends the process.
     *
     * @param runtime its name for humans
     * @throws ReflectiveOperationException where this JVM lets nobody hear a signal
     */
    public static void run(String runtime, Start start) throws ReflectiveOperationException {
        CompletableFuture<Server> started = new CompletableFuture<>();
        AtomicBoolean ending = new AtomicBoolean();
        Termination.onSignal(() -> {
            ending.set(true);
            end(started);
        });
        Server server;
        try {
            server = start.start();
        } catch (SettingsException | IllegalArgumentException e) {
            giveUp(e, BAD_SETTINGS);
            return;
        } catch (CannotListenException e) {
            giveUp(e, CANNOT_LISTEN);
            return;
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            throw e;
        }
        started.complete(server);
        if (!ending.get()) {
            announce(runtime, server);
        }
    }

    private static void announce(String runtime, Server server) {
        String ready = "Tidegate (%3$s) is ready: page http://localhost:%1$d/, broadcast ws://localhost:%1$d/,"
                + " chat ws://localhost:%1$d/chat, metrics http://localhost:%2$d/metrics";
        String api = server.apiPort().isPresent()
                ? ", API http://localhost:" + server.apiPort().getAsInt() + "/api"
                : "";
        // At once: printf writes piece by piece, and a line of the log may come in between.
        System.out.println(ready.formatted(server.port(), server.managementPort(), runtime) + api);
    }

    /** Without a stack trace: the message says what to change. */
    private static void giveUp(Exception reason, int exitCode) {
        System.err.println(reason.getMessage());
        System.exit(exitCode);
    }

    /** Waits for the start, since what is half open cannot be closed in order; a second signal does not. */
    private static void end(CompletableFuture<Server> started) {
        try {
            Server server = started.get();
            server.drain();
            server.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // The thread that started it says why.
            System.exit(FAILED);
        }
        System.exit(0);
    }
}
