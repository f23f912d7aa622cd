package io.tidegate.mp;

import io.helidon.logging.common.LogConfig;
import io.tidegate.node.Launch;

/** Starts a server from its configuration, and ends it at the first signal. */
public final class Main {
    private Main() {}

    /** Takes no arguments: settings come from MicroProfile Config. */
    public static void main(String[] args) throws ReflectiveOperationException {
        Launch.run("Helidon MP", () -> {
            LogConfig.configureRuntime();
            return MpServer.start();
        });
    }
}
