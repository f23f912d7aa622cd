package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
        return up(receiver, new RelayCounters());
    }

    private static Relay up(Relay.Receiver receiver, RelayCounters counters) {
        RedisRelay relay = new RedisRelay(options(redis, "test"), receiver, counters, Clock.system());
        Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
        return relay;
    }

    static RedisRelay.Options options(RedisServer redis, String prefix) {
        return new RedisRelay.Options(
                List.of(redis.url()), "", Optional.empty(), Optional.empty(), prefix, Optional.empty());
    }

    @Test
    void whatIsNoMessageIsCountedAndIgnored() {
        Topic topic = new Topic("news");
        Inbox inbox = new Inbox();
        RelayCounters counters = new RelayCounters();
        try (Relay relay = up(inbox, counters)) {
            Await.value("subscribed", LIMIT, relay.subscribe(topic).thenApply(nothing -> true));
            assertEquals(":1", redis.command("PUBLISH test:topic:{news} short"));
            assertEquals(":1", redis.command("PUBLISH test:topic:{news} long-enough-to-be-a-message"));
            Await.value(
                    "published", LIMIT, relay.publish(topic, Inbox.text("a")).thenApply(nothing -> true));
            Await.until("the message after them arrives", LIMIT, () -> inbox.size() == 1);
            assertEquals(2, counters.errors());
            assertEquals(1, counters.received());
            assertEquals(1, counters.published());
        }
    }

    @Test
    void aTopicIsOneChannel() {
        try (Relay relay = up(new Inbox(), new RelayCounters())) {
            Await.value("subscribed", LIMIT, relay.subscribe(new Topic("a")).thenApply(nothing -> true));
            Await.value("subscribed", LIMIT, relay.subscribe(new Topic("b")).thenApply(nothing -> true));
            assertEquals("*2", redis.command("PUBSUB CHANNELS test:topic:*"));
            assertEquals("*1", redis.command("PUBSUB CHANNELS test:probe:*"));
        }
    }
}
