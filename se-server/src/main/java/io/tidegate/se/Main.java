package io.tidegate.se;

import io.helidon.logging.common.LogConfig;
import io.tidegate.node.Launch;
import io.tidegate.settings.Settings;

/** Starts a server from its configuration, and ends it at the first signal. */
public final class Main {
    private Main() {}

    /**
     * Takes {@code --version} or nothing. Settings come from system properties, the environment and {@code
     * application.yaml}.
     */
    public static void main(String[] args) throws ReflectiveOperationException {
        Launch.run("Helidon SE", args, Main::settings, settings -> {
            SeServer server = new SeServer(settings);
            server.start();
            return server;
        });
    }

    private static Settings settings() {
        LogConfig.configureRuntime();
        return ServerSettings.read();
    }
}
