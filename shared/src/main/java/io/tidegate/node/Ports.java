package io.tidegate.node;

import io.tidegate.settings.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The ports of a server, looked at before its listeners open them: what a framework says of a taken one is long. */
public final class Ports {
    private Ports() {}

    /**
     * Opens the ports and lets them go again.
     *
     * @throws CannotListenException where one of them cannot be had
     */
    public static void requireFree(Settings settings) throws CannotListenException {
        Settings.Server server = settings.server();
        requireFree("tidegate.port", server.host(), server.port());
        requireFree("tidegate.management.port", server.host(), server.managementPort());
        if (settings.api().isOpen()) {
            requireFree("tidegate.api.port", server.host(), settings.api().port());
        }
    }

    private static void requireFree(String key, String host, int port) throws CannotListenException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new CannotListenException(
                    key + "=" + port + ": cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }
}
