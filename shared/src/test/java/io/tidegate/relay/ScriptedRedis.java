package io.tidegate.relay;

import io.tidegate.testing.RedisServer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;

/** A real Redis in which the tests of a class run scripts, without a relay. */
final class ScriptedRedis implements AfterAllCallback {
    private final RedisServer server = RedisServer.start();
    private final RedissonClient client = Redisson.create(
            RedissonConfig.of(RedisNodes.settings(server, "test").relay()));

    RedisServer server() {
        return server;
    }

    RScript scripts() {
        return client.getScript(ByteArrayCodec.INSTANCE);
    }

    RTopic topic(TopicKeys keys) {
        return client.getTopic(keys.channel(), ByteArrayCodec.INSTANCE);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        client.shutdown();
        server.close();
    }
}
