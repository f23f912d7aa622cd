package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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

    @BeforeEach
    void forgetOtherTests() {
        assertEquals("+OK", redis.command("FLUSHALL"));
    }

    @Override
    Relay join(Relay.Receiver receiver) {
        return up(receiver, new Metrics());
    }

    @Override
    Relay join(Relay.Receiver receiver, Duration ttl) {
        return with(ttl.toString(), receiver);
    }

    @Override
    void pass(Duration time) {
        RedisTime.pass(redis, time);
    }

    private static Relay up(Relay.Receiver receiver, Metrics metrics) {
        RedisRelay relay =
                new RedisRelay(settings(redis, "test"), new Threads(() -> {}), receiver, metrics, Clock.system());
        Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
        return relay;
    }

    static Settings settings(RedisServer redis, String prefix) {
        return SettingsReader.read(
                Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.relay.prefix", prefix), Map.of());
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
                    "published",
                    LIMIT,
                    relay.publish(topic, Inbox.text("a"), Optional.empty()).thenApply(nothing -> true));
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

    @Test
    void whatIsKeptOfATopicExpiresAndIsBounded() {
        Topic topic = new Topic("news");
        try (Relay relay = up(new Inbox(), new Metrics())) {
            inTurns(21_000, i -> relay.publish(topic, Inbox.text("" + i), Optional.of(new MessageId("" + i))));
            assertEquals(":1000", redis.command("XLEN test:log:{news}"));
            assertEquals(21_000, number("HLEN test:ids:{news}") + number("HLEN test:ids-before:{news}"));
            assertExpiresWithin(Duration.ofDays(7), "test:state:{news}");
            for (String name : List.of("log", "ids", "ids-before")) {
                assertExpiresWithin(Duration.ofMinutes(10), "test:" + name + ":{news}");
            }
            assertEquals("*4", redis.command("KEYS *"));
        }
    }

    @Test
    void whoeverAsksForATopicLeavesNothingOfItInRedis() {
        try (Relay relay = up(new Inbox(), new Metrics())) {
            for (int i = 0; i < 200; i++) {
                Topic topic = new Topic("asked-" + i);
                Await.value("subscribed", LIMIT, relay.subscribe(topic).thenApply(nothing -> true));
                Await.value("answered", LIMIT, relay.head(topic));
            }
            assertEquals("*0", redis.command("KEYS *asked*"));
            // The births of their slots, of which there are 16,384 at most, whatever the topics are called.
            assertEquals(
                    redis.command("DBSIZE").substring(1),
                    redis.command("KEYS test:birth:*").substring(1));
        }
    }

    @Test
    void anIdIsKnownForAsLongAsItsMessageThoughTheLaterOnesHaveNone() {
        Topic topic = new Topic("news");
        try (Relay relay = up(new Inbox(), new Metrics())) {
            Optional<MessageId> id = Optional.of(new MessageId("7"));
            Position first = Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), id));
            for (String name : List.of("state", "log", "ids")) {
                redis.command("PEXPIRE test:" + name + ":{news} 60000");
            }
            Await.value("published", LIMIT, relay.publish(topic, Inbox.text("b"), Optional.empty()));
            assertExpiresWithin(Duration.ofMinutes(10), "test:log:{news}");
            assertExpiresWithin(Duration.ofMinutes(10), "test:ids:{news}");
            assertEquals(first, Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), id)));
        }
    }

    @Test
    void theStateOutlivesALongHistoryAndTheIdsAShortOne() {
        Topic topic = new Topic("news");
        try (Relay relay = with("720h", new Inbox())) {
            Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), Optional.of(new MessageId("7"))));
            assertExpiresWithin(Duration.ofDays(60), "test:state:{news}");
            assertExpiresWithin(Duration.ofDays(30), "test:log:{news}");
            assertExpiresWithin(Duration.ofDays(30), "test:ids:{news}");
        }
        redis.command("FLUSHALL");
        try (Relay relay = with("1s", new Inbox())) {
            Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), Optional.of(new MessageId("7"))));
            assertExpiresWithin(Duration.ofDays(7), "test:state:{news}");
            assertExpiresWithin(Duration.ofSeconds(1), "test:log:{news}");
            assertExpiresWithin(Duration.ofMinutes(2), "test:ids:{news}");
        }
    }

    @Test
    void behindADataLossAnEmptyPositionIsLost() {
        Topic topic = new Topic("news");
        try (Relay relay = up(new Inbox(), new Metrics())) {
            Position empty = Await.value("answered", LIMIT, relay.head(topic));
            Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), Optional.empty()));
            redis.command("FLUSHALL");
            assertFalse(
                    Await.value("read", LIMIT, relay.history(topic, empty, 1)).reaches());
            Await.value("published", LIMIT, relay.publish(topic, Inbox.text("b"), Optional.empty()));
            assertFalse(
                    Await.value("read", LIMIT, relay.history(topic, empty, 1)).reaches());
            redis.command("DEL test:state:{news}");
            Await.value("answered", LIMIT, relay.head(topic));
            assertFalse(
                    Await.value("read", LIMIT, relay.history(topic, empty, 1)).reaches(), "another birth");
        }
    }

    private static Relay with(String ttl, Relay.Receiver receiver) {
        Settings settings = SettingsReader.read(
                Map.of(
                        "tidegate.relay.url",
                        redis.url().toString(),
                        "tidegate.relay.prefix",
                        "test",
                        "tidegate.history.ttl",
                        ttl),
                Map.of());
        RedisRelay relay = new RedisRelay(settings, new Threads(() -> {}), receiver, new Metrics(), Clock.system());
        Await.until("up", LIMIT, () -> relay.status() instanceof RelayStatus.Up);
        return relay;
    }

    private static int number(String command) {
        return Integer.parseInt(redis.command(command).substring(1));
    }

    private static void assertExpiresWithin(Duration ttl, String key) {
        long left = Long.parseLong(redis.command("PTTL " + key).substring(1));
        assertTrue(left > ttl.toMillis() - 60_000 && left <= ttl.toMillis(), () -> key + " expires in " + left);
    }

    @Test
    void withoutHistoryTheIdsAreKnownAllTheSame() {
        Settings none = SettingsReader.read(
                Map.of(
                        "tidegate.relay.url", redis.url().toString(),
                        "tidegate.relay.prefix", "test",
                        "tidegate.history.size", "0"),
                Map.of());
        Topic topic = new Topic("news");
        Optional<MessageId> id = Optional.of(new MessageId("7"));
        try (RedisRelay relay =
                new RedisRelay(none, new Threads(() -> {}), new Inbox(), new Metrics(), Clock.system())) {
            Await.until("up", LIMIT, () -> relay.status() instanceof RelayStatus.Up);
            Position first = Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), id));
            assertEquals(first, Await.value("published", LIMIT, relay.publish(topic, Inbox.text("a"), id)));
            assertEquals(":0", redis.command("XLEN test:log:{news}"));
            assertTrue(
                    Await.value("read", LIMIT, relay.history(topic, first, 1)).reaches());
            assertFalse(Await.value("read", LIMIT, relay.history(topic, first.plus(-1), 1))
                    .reaches());
        }
    }
}
