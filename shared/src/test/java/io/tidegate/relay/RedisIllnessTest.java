package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.testing.Closing;
import io.tidegate.testing.LogLines;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.SelfSigned;
import io.tidegate.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Redis that can be reached and does not do what it should: what the relay makes of it, and what an operator reads. */
class RedisIllnessTest {
    private static final Topic TOPIC = new Topic("news");
    private static final Topic FOREIGN = new Topic("foreign");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** In which a relay that flaps has gone up several times. */
    private static final Duration WATCHED = Duration.ofMillis(2_500);

    /** What Redis says of itself, and how that comes and goes. */
    private enum Illness {
        OOM("memory is full", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        NOPERM("lacks a right", "ACL SETUSER default -hset", "ACL SETUSER default +@all"),
        READONLY("replica", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        MISCONF("its disk", "BGSAVE", "CONFIG SET stop-writes-on-bgsave-error no"),
        NOREPLICAS("replicas", "CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0");

        private final String told;
        private final String begins;
        private final String ends;

        Illness(String told, String begins, String ends) {
            this.told = told;
            this.begins = begins;
            this.ends = ends;
        }
    }

    private static final int SLOTS = 16_384;

    @RegisterExtension
    private final LogLines lines = new LogLines("io.tidegate.relay");

    @RegisterExtension
    private final Closing closing = new Closing();

    private final Inbox inbox = new Inbox();
    private final Metrics metrics = new Metrics();

    private Relay relay(String url, Object... keysAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("tidegate.relay.url", url));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put("tidegate.relay." + keysAndValues[i], keysAndValues[i + 1].toString());
        }
        Relay relay = new RedisRelay(
                SettingsReader.read(settings, Map.of()), new Threads(() -> {}), inbox, metrics, Clock.system());
        return closing.later(relay);
    }

    private static boolean isUp(Relay relay) {
        return relay.status() instanceof RelayStatus.Up;
    }

    private static void awaitUp(Relay relay) {
        Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> isUp(relay));
    }

    private static CompletionStage<Position> publish(Relay relay, Topic topic) {
        return relay.publish(topic, Inbox.text("a"), Optional.empty());
    }

    private static void done(CompletionStage<?> stage) {
        Await.value("the relay answers", LIMIT, stage.thenApply(nothing -> true));
    }

    private static String failure(CompletionStage<?> stage) {
        Await.until("a failure", LIMIT, () -> stage.toCompletableFuture().isDone());
        return UplinkFixture.failure(stage);
    }

    /** Whether it was down all the time. */
    private static void staysDown(Relay relay) {
        long start = System.nanoTime();
        Await.until("time passes", LIMIT, () -> {
            assertInstanceOf(RelayStatus.Down.class, relay.status());
            return System.nanoTime() - start > WATCHED.toNanos();
        });
    }

    private void assertTold(String... words) {
        List<String> warnings = lines.warnings();
        assertTrue(!warnings.isEmpty() && warnings.size() <= 2, lines::toString);
        for (String word : words) {
            assertTrue(warnings.getFirst().contains(word), () -> word + " should be in " + warnings.getFirst());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRedisThatRefusesWritesMakesTheRelayDownOnceAndIsNamed(Illness illness, @TempDir Path directory)
            throws IOException {
        RedisServer redis = closing.later(RedisServer.start("--dir", directory.toString()));
        // A snapshot cannot take the place of a folder.
        Files.createFile(Files.createDirectory(directory.resolve("dump.rdb")).resolve("stays"));
        assertEquals("+OK", redis.command("CONFIG SET save \"3600 1\""));
        Relay relay = relay(redis.url().toString());
        done(relay.subscribe(TOPIC));
        awaitUp(relay);
        done(publish(relay, TOPIC));
        lines.clear();

        redis.command(illness.begins);
        Await.until("it is down", LIMIT, () -> !isUp(relay));
        staysDown(relay);
        String reason = failure(publish(relay, TOPIC));
        assertTrue(reason.contains(illness.name()), reason);
        assertTold(illness.name(), illness.told);

        assertEquals("+OK", redis.command(illness.ends));
        awaitUp(relay);
        done(publish(relay, TOPIC));
        assertEquals("INFO The relay is up, after", lines.all().getLast().replaceFirst(" \\d+ ms", ""));
    }

    private static String numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> " " + number).collect(Collectors.joining());
    }

    /** As where a node has lost the others: one slot without a node is enough. */
    @Test
    void aClusterWithoutItsSlotsMakesTheRelayDownOnceAndIsNamed() {
        RedisServer redis = closing.later(RedisServer.start("--cluster-enabled", "yes"));
        // In two commands: a line to Redis may have 64 KiB. ADDSLOTSRANGE is of Redis 7.
        assertEquals("+OK", redis.command("CLUSTER ADDSLOTS" + numbers(0, SLOTS / 2)));
        assertEquals("+OK", redis.command("CLUSTER ADDSLOTS" + numbers(SLOTS / 2, SLOTS)));
        Await.until(
                "the slots are served", () -> redis.command("SET some thing").equals("+OK"));
        Relay relay = relay(redis.url().toString());
        done(relay.subscribe(TOPIC));
        awaitUp(relay);
        done(publish(relay, TOPIC));
        lines.clear();

        assertEquals("+OK", redis.command("CLUSTER DELSLOTS 1"));
        Await.until("it is down", LIMIT, () -> !isUp(relay));
        staysDown(relay);
        assertTold("CLUSTERDOWN", "slots");

        assertEquals("+OK", redis.command("CLUSTER ADDSLOTS 1"));
        awaitUp(relay);
        done(publish(relay, TOPIC));
    }

    /** After a restart with much data: it accepts connections, and refuses every command. */
    @Test
    void aRedisThatStillReadsItsDataIsNamed() {
        RedisServer redis = closing.later(RedisServer.start("--appendonly", "yes", "--key-load-delay", "100"));
        redis.command("EVAL \"for i = 1, 12000 do redis.call('SET', 'key' .. i, i) end\" 0");
        Relay relay = relay(redis.url().toString());
        done(relay.subscribe(TOPIC));
        awaitUp(relay);
        lines.clear();

        redis.kill();
        CompletableFuture<Void> restart = CompletableFuture.runAsync(redis::restart);
        Await.until(lines::toString, LIMIT, () -> lines.warnings().size() == 2);
        assertTrue(lines.warnings().getLast().contains("LOADING"), lines::toString);
        assertTrue(lines.warnings().getLast().contains("loading its data"), lines::toString);

        restart.join();
        awaitUp(relay);
        done(publish(relay, TOPIC));
        assertEquals(2, lines.warnings().size(), lines::toString);
    }

    @Test
    void aForeignKeyInTheTopicsPlaceCostsThatTopicAloneAndIsNamed() {
        RedisServer redis = closing.later(RedisServer.start());
        redis.command("SET tidegate:state:{foreign} x");
        Relay relay = relay(redis.url().toString());
        awaitUp(relay);
        done(relay.subscribe(TOPIC));
        CompletionStage<Void> foreign = relay.subscribe(FOREIGN);
        List<CompletionStage<Position>> good = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            CompletionStage<Position> bad = publish(relay, FOREIGN);
            good.add(publish(relay, TOPIC));
            assertTrue(failure(bad).contains("WRONGTYPE"), () -> failure(bad));
            assertTrue(isUp(relay));
        }
        good.forEach(RedisIllnessTest::done);
        Await.until("all arrive", LIMIT, () -> inbox.texts(TOPIC).size() == 40);
        assertEquals(40, metrics.relayErrors().value());
        Await.until("a line", LIMIT, () -> !lines.warnings().isEmpty());
        assertTold("foreign", "WRONGTYPE", "delete the key");

        redis.command("DEL tidegate:state:{foreign}");
        done(publish(relay, FOREIGN));
        // The subscription comes back by itself.
        done(foreign);
        done(publish(relay, FOREIGN));
        Await.until("delivery", LIMIT, () -> !inbox.texts(FOREIGN).isEmpty());
    }

    @Test
    void aRedisThatHasForgottenTheScriptsGetsThemAgain() {
        RedisServer redis = closing.later(RedisServer.start());
        Relay relay = relay(redis.url().toString());
        done(relay.subscribe(TOPIC));
        awaitUp(relay);
        redis.command("SCRIPT FLUSH");
        Await.until("it is down", LIMIT, () -> !isUp(relay));
        awaitUp(relay);
        done(publish(relay, TOPIC));
        assertTold("NOSCRIPT", "loaded again");
    }

    /** What cannot be reached from the start. */
    private enum WrongAddress {
        TLS_WHERE_REDIS_SPEAKS_NONE("TLS", "rediss"),
        NO_TLS_WHERE_REDIS_WANTS_IT("TLS", "redis"),
        A_SENTINEL_THAT_IS_NONE("sentinel", "redis+sentinel"),
        NOBODY_LISTENS("refused", "redis");

        private final String told;
        private final String scheme;

        WrongAddress(String told, String scheme) {
            this.told = told;
            this.scheme = scheme;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAddressThatIsWrongIsToldInWords(WrongAddress wrong, @TempDir Path directory) throws Exception {
        SelfSigned selfSigned = SelfSigned.in(directory);
        RedisServer redis = closing.later(
                switch (wrong) {
                    case NO_TLS_WHERE_REDIS_WANTS_IT ->
                        RedisServer.startTls(selfSigned.certificate(), selfSigned.key());
                    case NOBODY_LISTENS -> RedisServer.stopped();
                    case TLS_WHERE_REDIS_SPEAKS_NONE, A_SENTINEL_THAT_IS_NONE -> RedisServer.start();
                });
        String path = wrong == WrongAddress.A_SENTINEL_THAT_IS_NONE ? "/master" : "";
        relay(wrong.scheme + "://127.0.0.1:" + redis.port() + path);
        Await.until("a line", LIMIT, () -> !lines.warnings().isEmpty());
        long start = System.nanoTime();
        Await.until("time passes", LIMIT, () -> System.nanoTime() - start > WATCHED.toNanos());
        assertTold(wrong.told);
    }

    @Test
    void oneTopicsRefusalsDoNotSlowTheOthersDown() {
        RedisServer redis = closing.later(RedisServer.start());
        redis.command("SET tidegate:state:{foreign} x");
        Relay relay = relay(redis.url().toString());
        awaitUp(relay);
        List<CompletionStage<Position>> good = new ArrayList<>();
        List<CompletionStage<Position>> bad = new ArrayList<>();
        IntStream.range(0, 400).forEach(i -> {
            good.add(publish(relay, TOPIC));
            bad.add(publish(relay, FOREIGN));
        });
        good.forEach(RedisIllnessTest::done);
        bad.forEach(one -> assertTrue(failure(one).contains("WRONGTYPE")));
        assertTrue(isUp(relay));
    }
}
