package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisRelayTest extends RelayContract {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @SuppressWarnings("NullAway.Init")
    private static RedisServer redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    Relay join(Relay.Receiver receiver) {
        return up(receiver, new Metrics());
    }

    private static Relay up(Relay.Receiver receiver, Metrics metrics) {
        RedisRelay relay = new RedisRelay(settings(redis, "test"), receiver, metrics, Clock.system());
        Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
        return relay;
    }

    static Settings.Relay settings(RedisServer redis, String prefix) {
        return SettingsReader.read(
                        Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.relay.prefix", prefix), Map.of())
                .relay();
    }

    @Test
    void whatIsNoMessageIsCountedAndIgnored() {
        Topic topic = new Topic("news");
        Inbox inbox = new Inbox();
        Metrics metrics = new Metrics();
        try (Relay relay = up(inbox, metrics)) {
            Await.value("subscribed", LIMIT, relay.subscribe(topic).thenApply(nothing -> true));
            assertEquals(":1", redis.command("PUBLISH test:topic:{news} short"));
            assertEquals(":1", redis.command("PUBLISH test:topic:{news} long-enough-to-be-a-message"));
            Await.value(
                    "published", LIMIT, relay.publish(topic, Inbox.text("a")).thenApply(nothing -> true));
            Await.until("the message after them arrives", LIMIT, () -> inbox.size() == 1);
            assertEquals(2, metrics.relayErrors().value());
            assertEquals(1, metrics.relayReceived().value());
            assertEquals(1, metrics.relayPublished().value());
        }
    }

    @Test
    void aTopicIsOneChannel() {
        try (Relay relay = up(new Inbox(), new Metrics())) {
            Await.value("subscribed", LIMIT, relay.subscribe(new Topic("a")).thenApply(nothing -> true));
            Await.value("subscribed", LIMIT, relay.subscribe(new Topic("b")).thenApply(nothing -> true));
            assertEquals("*2", redis.command("PUBSUB CHANNELS test:topic:*"));
            assertEquals("*1", redis.command("PUBSUB CHANNELS test:probe:*"));
        }
    }
}
