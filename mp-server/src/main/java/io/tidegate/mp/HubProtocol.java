package io.tidegate.mp;

import io.helidon.common.config.Config;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.spi.ProtocolConfig;
import io.helidon.webserver.spi.ProtocolConfigProvider;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelectorProvider;
import io.tidegate.helidon.Endpoint;
import io.tidegate.helidon.HeaderTimeout;
import io.tidegate.helidon.Listeners;
import io.tidegate.node.Node;
import io.tidegate.settings.Settings;
import jakarta.enterprise.inject.spi.CDI;

/**
 * The only protocol of all listeners, because their configuration names it. So no other upgrade on the class path is
 * used, whatever its weight and its place: neither Helidon's for WebSockets on SE, nor Helidon's for Tyrus, which answers
 * 101 to a handshake that was refused.
 */
record HubProtocol(String name) implements ProtocolConfig {
    static final String TYPE = "tidegate";

    @Override
    public String type() {
        return TYPE;
    }

    /** Found by Java's service loader. */
    public static final class Configuration implements ProtocolConfigProvider<ProtocolConfig> {
        @Override
        public String configKey() {
            return TYPE;
        }

        @Override
        public ProtocolConfig create(Config config, String name) {
            return new HubProtocol(name);
        }
    }

    /** Found by Java's service loader. Its dependencies come from CDI. */
    public static final class Selectors implements ServerConnectionSelectorProvider<ProtocolConfig> {
        @Override
        public Class<ProtocolConfig> protocolConfigType() {
            return ProtocolConfig.class;
        }

        @Override
        public String protocolType() {
            return TYPE;
        }

        @Override
        public ServerConnectionSelector create(String listener, ProtocolConfig config, ProtocolConfigs all) {
            HeaderTimeout heads = bean(HeaderTimeout.class);
            return switch (listener) {
                case Listeners.MANAGEMENT -> Listeners.http(heads);
                case Listeners.API -> Listeners.api(heads);
                default ->
                    Listeners.webSockets(bean(Settings.class), bean(Node.class), bean(Endpoint.Factory.class), heads);
            };
        }

        private static <T> T bean(Class<T> type) {
            return CDI.current().select(type).get();
        }
    }
}
