package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.testing.RedisCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Nodes that share a real Redis Cluster of three masters, and shard what they publish. */
final class ClusterNodes implements RelayNodes, BeforeEachCallback, AfterAllCallback {
    private final RedisCluster cluster = RedisCluster.start(3);

    @Override
    public void beforeEach(ExtensionContext context) {
        cluster.masters().forEach(master -> assertEquals("+OK", master.command("FLUSHALL")));
    }

    @Override
    public Relay join(Map<String, String> settings, Relay.Receiver receiver, Metrics metrics) {
        Map<String, String> sharded = new HashMap<>(settings);
        sharded.put("tidegate.relay.sharding", "full");
        return RedisNodes.join(cluster.url(), sharded, receiver, metrics);
    }

    @Override
    public void pass(Duration time) {
        cluster.masters().forEach(master -> RedisTime.passInCluster(master, time));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        cluster.close();
    }
}
