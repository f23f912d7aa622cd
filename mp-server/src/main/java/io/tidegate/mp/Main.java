package io.tidegate.mp;

import io.helidon.logging.common.LogConfig;
import io.tidegate.node.Launch;
import io.tidegate.settings.Settings;
import org.eclipse.microprofile.config.ConfigProvider;

/** Starts a server from its configuration, and ends it at the first signal. */
public final class Main {
    private Main() {}

    /** Takes {@code --version} or nothing. Settings come from MicroProfile Config. */
    public static void main(String[] args) throws ReflectiveOperationException {
        Launch.run("Helidon MP", args, Main::settings, MpServer::start);
    }

    private static Settings settings() {
        LogConfig.configureRuntime();
        return ServerSettings.read(ConfigProvider.getConfig());
    }
}
