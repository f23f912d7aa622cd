package io.tidegate.se;

import io.helidon.logging.common.LogConfig;
import io.tidegate.node.Launch;

/** Starts a server from its configuration, and ends it at the first signal. */
public final class Main {
    private Main() {}

    /** Takes no arguments: settings come from system properties, the environment and {@code application.yaml}. */
    public static void main(String[] args) throws ReflectiveOperationException {
        Launch.run("Helidon SE", () -> {
            LogConfig.configureRuntime();
            SeServer server = new SeServer(ServerSettings.read());
            server.start();
            return server;
        });
    }
}
