package io.tidegate.mp;

import io.helidon.common.config.Config;
import io.helidon.common.tls.TlsManager;
import io.helidon.common.tls.spi.TlsManagerProvider;
import io.tidegate.helidon.NodeTls;
import io.tidegate.node.Node;
import jakarta.enterprise.inject.spi.CDI;

/** The node's keys under the name that a listener's configuration uses. Found by Java's service loader. */
public final class HubTls implements TlsManagerProvider {
    @Override
    public String configKey() {
        return NodeTls.TYPE;
    }

    @Override
    public TlsManager create(Config config, String name) {
        return new NodeTls(CDI.current().select(Node.class).get().tls().orElseThrow());
    }
}
