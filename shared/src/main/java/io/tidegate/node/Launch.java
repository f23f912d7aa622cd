package io.tidegate.node;

import io.tidegate.settings.SettingsException;

/** The life of a server's process, the same for every runtime: what it prints, when it ends, and with which exit code. */
public final class Launch {
    private static final int CANNOT_LISTEN = 1;
    private static final int BAD_SETTINGS = 2;

    private Launch() {}

    /** A server whose listeners are open. */
    public interface Server extends AutoCloseable {
        int port();

        int managementPort();

        /** Returns when everybody has left. */
        void drain() throws InterruptedException;

        @Override
        void close();
    }

    /** How a runtime starts its server. */
    @FunctionalInterface
    public interface Start {
        /**
         * Reads the settings, and opens both listeners.
         *
         * @throws SettingsException where something is wrong with the settings
         * @throws IllegalArgumentException where a file that the settings name cannot be used
         * @throws CannotListenException where one of the ports cannot be had
         */
        Server start() throws CannotListenException;
    }

    /**
     * Starts a server, and ends it at the first signal. A start that fails ends the process.
     *
     * @param runtime its name for humans
     * @throws ReflectiveOperationException where this JVM lets nobody hear a signal
     */
    public static void run(String runtime, Start start) throws ReflectiveOperationException {
        Server server;
        try {
            server = start.start();
        } catch (SettingsException | IllegalArgumentException e) {
            giveUp(e, BAD_SETTINGS);
            return;
        } catch (CannotListenException e) {
            giveUp(e, CANNOT_LISTEN);
            return;
        }
        Termination.onSignal(() -> end(server));
        String ready = "Tidegate (%3$s) is ready: page http://localhost:%1$d/, broadcast ws://localhost:%1$d/,"
                + " chat ws://localhost:%1$d/chat, metrics http://localhost:%2$d/metrics";
        // At once: printf writes piece by piece, and a line of the log may come in between.
        System.out.println(ready.formatted(server.port(), server.managementPort(), runtime));
    }

    /** Without a stack trace: the message says what to change. */
    private static void giveUp(Exception reason, int exitCode) {
        System.err.println(reason.getMessage());
        System.exit(exitCode);
    }

    private static void end(Server server) {
        try {
            server.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        System.exit(0);
    }
}
