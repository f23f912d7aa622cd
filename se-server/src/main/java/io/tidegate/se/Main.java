package io.tidegate.se;

import io.helidon.logging.common.LogConfig;
import io.tidegate.node.Termination;
import io.tidegate.settings.SettingsException;

/** Starts a server from its configuration, and ends it at the first signal. */
public final class Main {
    private static final int CANNOT_LISTEN = 1;
    private static final int BAD_SETTINGS = 2;

    private Main() {}

    /** Takes no arguments: settings come from system properties, the environment and {@code application.yaml}. */
    public static void main(String[] args) throws ReflectiveOperationException {
        LogConfig.configureRuntime();
        SeServer server;
        try {
            server = new SeServer(ServerSettings.read());
            server.start();
        } catch (SettingsException | IllegalArgumentException e) {
            giveUp(e, BAD_SETTINGS);
            return;
        } catch (CannotListenException e) {
            giveUp(e, CANNOT_LISTEN);
            return;
        }
        Termination.onSignal(() -> end(server));
        System.out.printf(
                "Tidegate (Helidon SE) is ready: page http://localhost:%1$d/, broadcast ws://localhost:%1$d/,"
                        + " chat ws://localhost:%1$d/chat, metrics http://localhost:%2$d/metrics%n",
                server.port(), server.managementPort());
    }

    /** Without a stack trace: the message says what to change. */
    private static void giveUp(Exception reason, int exitCode) {
        System.err.println(reason.getMessage());
        System.exit(exitCode);
    }

    private static void end(SeServer server) {
        try {
            server.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        System.exit(0);
    }
}
