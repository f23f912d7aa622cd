package io.tidegate.embed;

import io.helidon.common.Weight;
import io.helidon.common.Weighted;
import io.helidon.http.HttpPrologue;
import io.helidon.http.NotFoundException;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.http1.spi.Http1UpgradeProvider;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.webserver.websocket.WsUpgrader;
import org.jspecify.annotations.Nullable;

/**
 * Upgrades the Tidegate paths in a {@link WsRouting} to Tidegate's connections, and all others to Helidon's. Found by
 * Java's service loader.
 */
@Weight(Weighted.DEFAULT_WEIGHT + 10)
public final class TidegateUpgradeProvider implements Http1UpgradeProvider<WsConfig> {
    @Override
    public String protocolType() {
        return "websocket";
    }

    @Override
    public Class<WsConfig> protocolConfigType() {
        return WsConfig.class;
    }

    @Override
    public Http1Upgrader create(WsConfig config, ProtocolConfigs configs) {
        return new ByRoute(WsUpgrader.create(config));
    }

    @Weight(Weighted.DEFAULT_WEIGHT + 10)
    private record ByRoute(Http1Upgrader helidon) implements Http1Upgrader {
        @Override
        public String supportedProtocol() {
            return helidon.supportedProtocol();
        }

        @Override
        public @Nullable ServerConnection upgrade(
                ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
            try {
                WsRouting routing = context.router().routing(WsRouting.class, WsRouting.empty());
                if (routing.findRoute(prologue).listener() instanceof TidegateEndpoint endpoint) {
                    return endpoint.upgrader().upgrade(context, prologue, headers);
                }
            } catch (NotFoundException e) {
                // Helidon then answers as it does without Tidegate.
            }
            return helidon.upgrade(context, prologue, headers);
        }
    }
}
