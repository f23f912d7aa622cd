package io.tidegate.mp;

import io.helidon.microprofile.cdi.HelidonContainer;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.tidegate.helidon.Listeners;
import io.tidegate.node.CannotListenException;
import io.tidegate.node.Launch;
import io.tidegate.node.Node;
import io.tidegate.node.Ports;
import io.tidegate.settings.Settings;
import jakarta.enterprise.inject.se.SeContainer;
import java.util.OptionalInt;

/** The CDI container of a server, with its listeners open. */
final class MpServer implements Launch.Server {
    private final SeContainer container;
    private final ServerCdiExtension server;
    private final Settings settings;

    private MpServer(SeContainer container, Settings settings) {
        this.container = container;
        this.settings = settings;
        this.server = container.getBeanManager().getExtension(ServerCdiExtension.class);
    }

    /** Starts a server, for {@link Launch.Start}. */
    static MpServer start(Settings settings) throws CannotListenException {
        Ports.requireFree(settings);
        ListenerConfigSource.register(settings);
        MpServer server = new MpServer(HelidonContainer.instance().start(), settings);
        // Helidon logs a listener's failure and continues.
        if (server.port() < 0 || server.managementPort() < 0 || server.apiPort().orElse(0) < 0) {
            server.close();
            throw new CannotListenException(
                    "cannot listen on tidegate.port=" + settings.server().port() + ", tidegate.management.port="
                            + settings.server().managementPort() + " and, where it is open, tidegate.api.port="
                            + settings.api().port());
        }
        return server;
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public int managementPort() {
        return server.port(Listeners.MANAGEMENT);
    }

    @Override
    public OptionalInt apiPort() {
        return settings.api().isOpen() ? OptionalInt.of(server.port(Listeners.API)) : OptionalInt.empty();
    }

    @Override
    public String writes() {
        return Listeners.writes();
    }

    @Override
    public void drain() throws InterruptedException {
        container.select(Node.class).get().drain();
    }

    @Override
    public void close() {
        container.close();
    }
}
