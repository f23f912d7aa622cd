package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisRelayTest extends RelayContract {
    @RegisterExtension
    static final RedisNodes nodes = new RedisNodes();

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

    @Test
    void withoutAClusterNothingIsSharded() {
        Inbox inbox = new Inbox();
        Relay sharding = node(inbox, Map.of("tidegate.relay.sharding", "full"));
        Relay plain = node(inbox);
        done(sharding.subscribe(TOPIC));
        done(plain.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals("*0", nodes.command("PUBSUB SHARDCHANNELS"));
    }
}
