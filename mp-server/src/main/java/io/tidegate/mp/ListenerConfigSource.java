package io.tidegate.mp;

import io.tidegate.helidon.HeaderTimeout;
import io.tidegate.helidon.Listeners;
import io.tidegate.helidon.NodeTls;
import io.tidegate.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Helidon MP's configuration of its listeners, made from this server's settings. No other source can override it. */
final class ListenerConfigSource implements ConfigSource {
    private static final int ABOVE_ALL = 1_000;

    private final Map<String, String> properties = new HashMap<>();

    ListenerConfigSource(Settings all) {
        Settings.Server settings = all.server();
        listener("server.", Listeners.WEBSOCKET, settings.port(), all);
        listener("server.sockets.0.", Listeners.MANAGEMENT, settings.managementPort(), all);
        properties.put("server.sockets.0.name", Listeners.MANAGEMENT);
        if (all.api().isOpen()) {
            listener("server.sockets.1.", Listeners.API, all.api().port(), all);
            properties.put("server.sockets.1.name", Listeners.API);
        }
        // The container reads this key again, and a random name would differ the second time.
        properties.put("tidegate.node", settings.node());
        properties.put("server.features.observe.sockets", Listeners.MANAGEMENT);
    }

    /** Registers this source above the existing ones, for the container that starts afterwards. */
    static void register(Settings settings) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        ConfigProviderResolver resolver = ConfigProviderResolver.instance();
        Config config = resolver.getBuilder()
                .forClassLoader(loader)
                .addDefaultSources()
                .addDiscoveredSources()
                .addDiscoveredConverters()
                .withSources(new ListenerConfigSource(settings))
                .build();
        resolver.registerConfig(config, loader);
    }

    @Override
    public String getName() {
        return "listeners of Tidegate";
    }

    @Override
    public int getOrdinal() {
        return ABOVE_ALL;
    }

    @Override
    public Map<String, String> getProperties() {
        return properties;
    }

    @Override
    public Set<String> getPropertyNames() {
        return properties.keySet();
    }

    @Override
    public @Nullable String getValue(String name) {
        return properties.get(name);
    }

    private void listener(String prefix, String name, int port, Settings all) {
        Listeners.options(all.server().host(), port, HeaderTimeout.TIMEOUT)
                .forEach((option, value) -> properties.put(prefix + option, value));
        properties.put(prefix + "protocols." + HubProtocol.TYPE + ".enabled", "true");
        Listeners.tls(all, name).ifPresent(clients -> {
            properties.put(prefix + "tls.enabled", "true");
            properties.put(prefix + "tls.manager." + NodeTls.TYPE + ".enabled", "true");
            properties.put(prefix + "tls.client-auth", clients.name());
        });
    }
}
