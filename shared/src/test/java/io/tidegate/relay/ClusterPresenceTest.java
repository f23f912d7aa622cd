package io.tidegate.relay;

import org.junit.jupiter.api.extension.RegisterExtension;

class ClusterPresenceTest extends PresenceContract {
    @RegisterExtension
    static final ClusterNodes nodes = new ClusterNodes();

    @Override
    RelayNodes nodes() {
        return nodes;
    }
}
