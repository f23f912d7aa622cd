package io.tidegate.se;

import io.helidon.logging.common.LogConfig;
import io.tidegate.node.Termination;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsException;

/** Starts a server from its configuration, and ends it at the first signal. */
public final class Main {
    private static final int CANNOT_LISTEN = 1;
    private static final int BAD_SETTINGS = 2;

    private Main() {}

    /** Takes no arguments: settings come from system properties, the environment and {@code application.yaml}. */
    public static void main(String[] args) throws ReflectiveOperationException {
        LogConfig.configureRuntime();
        SeServer server = new SeServer(settings());
        try {
            server.start();
        } catch (CannotListenException e) {
            System.err.println(e.getMessage());
            System.exit(CANNOT_LISTEN);
        }
        Termination.onSignal(() -> end(server));
        System.out.printf(
                "Tidegate (Helidon SE) is ready: page http://localhost:%1$d/, broadcast ws://localhost:%1$d/,"
                        + " chat ws://localhost:%1$d/chat, metrics http://localhost:%2$d/metrics%n",
                server.port(), server.managementPort());
    }

    private static Settings settings() {
        try {
            return ServerSettings.read();
        } catch (SettingsException e) {
            System.err.println(e.getMessage());
            System.exit(BAD_SETTINGS);
            throw e;
        }
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
