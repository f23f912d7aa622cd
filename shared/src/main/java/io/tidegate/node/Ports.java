package io.tidegate.node;

import io.tidegate.settings.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Checks a server's ports before its listeners open them, because a framework's message about a port in use is long. */
public final class Ports {
    private Ports() {}

    /**
     * Opens the ports and closes them again.
     *
     * @throws CannotListenException where one of them is not available
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
