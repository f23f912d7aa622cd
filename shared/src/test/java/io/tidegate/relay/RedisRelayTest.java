package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisRelayTest extends RelayContract {
    @SuppressWarnings("NullAway.Init")
    private static RedisNodes nodes;

    @BeforeAll
    static void startRedis() {
        nodes = new RedisNodes();
    }

    @AfterAll
    static void stopRedis() {
        nodes.close();
    }

    @BeforeEach
    void forgetOtherTests() {
        nodes.forget();
    }

    @Override
    RelayNodes nodes() {
        return nodes;
    }

    @Test
    void whatIsNoMessageIsCountedAndIgnored() {
        Inbox inbox = new Inbox();
        Metrics metrics = new Metrics();
        try (Relay relay = nodes.join(Map.of(), inbox, metrics)) {
            done(relay.subscribe(TOPIC));
            assertEquals(":1", nodes.command("PUBLISH test:topic:{news} short"));
            assertEquals(":1", nodes.command("PUBLISH test:topic:{news} long-enough-to-be-a-message"));
            done(relay.publish(TOPIC, Inbox.text("a"), Optional.empty()));
            Await.until("the message after them arrives", LIMIT, () -> inbox.size() == 1);
            assertEquals(2, metrics.relayErrors().value());
            assertEquals(1, metrics.relayReceived().value());
            assertEquals(1, metrics.relayPublished().value());
        }
    }

    @Test
    void aTopicIsOneChannel() {
        try (Relay relay = node(new Inbox())) {
            done(relay.subscribe(new Topic("a")));
            done(relay.subscribe(new Topic("b")));
            assertEquals("*2", nodes.command("PUBSUB CHANNELS test:topic:*"));
            assertEquals("*1", nodes.command("PUBSUB CHANNELS test:probe:*"));
        }
    }
}
