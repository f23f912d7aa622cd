package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import io.tidegate.testing.Closing;
import io.tidegate.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the Redis relay does while Redis crashes, hangs or is missing, and after that. */
class RedisOutageTest {
    private static final Topic TOPIC = new Topic("news");

    /** For what has no time limit of its own. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** From Redis being there again to messages going through. */
    private static final Duration RESUME = Duration.ofSeconds(2);

    @RegisterExtension
    private final Closing closing = new Closing();

    private final AtomicInteger linksOpened = new AtomicInteger();

    private RedisRelay node(RedisServer redis, Relay.Receiver receiver) {
        return closing.later(
                RedisNodes.start(RedisNodes.settings(redis, "test"), receiver, linksOpened::incrementAndGet));
    }

    private static boolean isUp(Relay relay) {
        return relay.status() instanceof RelayStatus.Up;
    }

    private static void awaitUp(Relay relay, Duration limit) {
        Await.until(() -> "relay up: " + relay.status(), limit, () -> isUp(relay));
    }

    private static void awaitDown(Relay relay, Duration limit) {
        Await.until("relay down", limit, () -> !isUp(relay));
    }

    private static void done(CompletionStage<?> stage, Duration limit) {
        Await.value("the relay answers", limit, stage.thenApply(nothing -> true));
    }

    private static boolean hasFailed(CompletionStage<?> stage) {
        return stage.toCompletableFuture().isCompletedExceptionally();
    }

    @Test
    void startsWithoutRedisAndSaysWhy() {
        RedisServer redis = closing.later(RedisServer.stopped());
        Inbox inbox = new Inbox();
        RedisRelay relay = node(redis, inbox);
        CompletionStage<?> subscribed = relay.subscribe(TOPIC);
        assertTrue(hasFailed(relay.publish(TOPIC, Inbox.text("too early"), Optional.empty())));
        Await.until(
                () -> "a reason that tells: " + relay.status(),
                LIMIT,
                () -> relay.status() instanceof RelayStatus.Down down
                        && down.reason().contains("refused")
                        && down.reason().contains("" + redis.port()));
        assertFalse(subscribed.toCompletableFuture().isDone());

        redis.restart();

        awaitUp(relay, RESUME);
        done(subscribed, RESUME);
        done(relay.publish(TOPIC, Inbox.text("a"), Optional.empty()), RESUME);
        Await.until("a message", LIMIT, () -> inbox.size() == 1);
        assertEquals(List.of("a"), inbox.texts(TOPIC));
    }

    @Test
    void waitingSubscriptionsFailWhenUnsubscribedOrClosed() {
        RedisServer redis = closing.later(RedisServer.stopped());
        RedisRelay relay = node(redis, new Inbox());
        CompletionStage<?> unsubscribed = relay.subscribe(TOPIC);
        CompletionStage<?> closed = relay.subscribe(new Topic("weather"));
        relay.unsubscribe(TOPIC);
        // Another thread may be stepping the uplink, and then answers.
        Await.until("the one that was unsubscribed fails", LIMIT, () -> hasFailed(unsubscribed));
        assertFalse(closed.toCompletableFuture().isDone());
        relay.close();
        Await.until("the other fails", LIMIT, () -> hasFailed(closed));
    }

    @Test
    void afterACrashUnderLoadAllIsDeliveredAgainWithinTwoSeconds() throws Exception {
        RedisServer redis = closing.later(RedisServer.start());
        Inbox inbox = new Inbox();
        Inbox othersInbox = new Inbox();
        RedisRelay relay = node(redis, inbox);
        RedisRelay other = node(redis, othersInbox);
        int kept = RedisNodes.settings(redis, "test").history().size();
        done(relay.subscribe(TOPIC), LIMIT);
        done(other.subscribe(TOPIC), LIMIT);
        awaitUp(relay, LIMIT);
        awaitUp(other, LIMIT);

        for (int round = 0; round < 3; round++) {
            Load load = new Load(relay, round);
            Await.until("load", LIMIT, () -> load.carried() > 1_000);

            redis.kill();
            awaitDown(relay, Duration.ofSeconds(1));
            // Who has not noticed yet would seem to be up again below, and lose what comes before it is.
            awaitDown(other, LIMIT);
            assertTrue(hasFailed(relay.publish(TOPIC, Inbox.text("while down"), Optional.empty())));
            Await.until("load", LIMIT, () -> load.published() > 2_000);
            int carriedBefore = load.carried();

            redis.restart();
            awaitUp(relay, RESUME);
            awaitUp(other, RESUME);
            // A node is up before it carries a topic with a history. It reads from the history what it has missed until
            // then, and tells of a gap if the history does not reach so far.
            done(relay.subscribe(TOPIC), RESUME);
            done(other.subscribe(TOPIC), RESUME);
            int published = load.published();
            int carriedByThen = load.carried();
            Await.until("load", LIMIT, () -> load.carried() > carriedByThen + 1_000);
            load.stop();

            List<Carried> carried = load.allCarried();
            List<Carried> since = carried.subList(carriedBefore, carried.size());
            List<Carried> sinceBothCarry =
                    since.stream().filter(one -> one.number() >= published).toList();
            assertTrue(sinceBothCarry.size() > 500, "too few to tell");
            String last = Collections.max(
                            since,
                            Comparator.comparingLong(one -> one.position().offset()))
                    .text();
            for (Inbox node : List.of(inbox, othersInbox)) {
                Await.until("delivery", LIMIT, () -> node.texts(TOPIC).contains(last));
                List<String> arrived = node.texts(TOPIC);
                assertEquals(arrived.size(), new HashSet<>(arrived).size(), "none doubled");
                assertFalse(arrived.contains("while down"));
                assertEquals(List.of(), missed(node, sinceBothCarry), "none lost since both nodes carry the topic");
                assertEquals(
                        List.of(),
                        missedWithoutAGap(node, since, kept),
                        "none lost since Redis is back, without a gap");
            }
            int lost = missed(inbox, carried.subList(0, carriedBefore)).size();
            assertTrue(lost <= PublishQueue.BATCH_MESSAGES, lost + " lost at the crash");
            System.out.println("crash: carried " + carried.size() + ", lost of these at the crash " + lost);
        }
    }

    private static List<Carried> missed(Inbox node, List<Carried> carried) {
        Set<String> arrived = new HashSet<>(node.texts(TOPIC));
        return carried.stream().filter(one -> !arrived.contains(one.text())).toList();
    }

    private static List<Carried> missedWithoutAGap(Inbox node, List<Carried> carried, int kept) {
        List<Position> gaps = node.gaps();
        return missed(node, carried).stream()
                .filter(one -> gaps.stream().noneMatch(gap -> explains(gap, one.position(), kept)))
                .toList();
    }

    /** A history that keeps all messages of an epoch has no gap. */
    private static boolean explains(Position gap, Position position, int kept) {
        return gap.epoch().equals(position.epoch()) && gap.offset() >= position.offset() && gap.offset() > kept;
    }

    @Test
    void aHungRedisMakesItDownAndFailsPublishesInTime() {
        RedisServer redis = closing.later(RedisServer.start());
        Inbox inbox = new Inbox();
        RedisRelay relay = node(redis, inbox);
        done(relay.subscribe(TOPIC), LIMIT);
        awaitUp(relay, LIMIT);
        done(relay.publish(TOPIC, Inbox.text("before"), Optional.empty()), LIMIT);

        redis.pause();
        long paused = System.nanoTime();
        List<CompletionStage<Position>> waiting = IntStream.range(0, 1_000)
                .mapToObj(i -> relay.publish(TOPIC, Inbox.text("hung " + i), Optional.empty()))
                .toList();
        for (CompletionStage<?> publish : waiting) {
            Await.until("a publish fails", Duration.ofMillis(2_200), () -> hasFailed(publish));
        }
        long failedMillis = (System.nanoTime() - paused) / 1_000_000;
        awaitDown(relay, Duration.ofMillis(500));
        assertTrue(
                hasFailed(relay.publish(TOPIC, Inbox.text("refused"), Optional.empty())),
                "while down a publish fails at once");
        Await.until("four seconds of hanging", LIMIT, () -> System.nanoTime() - paused > 4_000_000_000L);
        assertFalse(isUp(relay));

        redis.resume();
        long resumed = System.nanoTime();
        awaitUp(relay, RESUME);
        done(relay.publish(TOPIC, Inbox.text("after"), Optional.empty()), RESUME);
        Await.until("delivery", RESUME, () -> inbox.texts(TOPIC).contains("after"));
        long upMillis = (System.nanoTime() - resumed) / 1_000_000;

        List<String> texts = inbox.texts(TOPIC);
        assertEquals("before", texts.getFirst());
        assertEquals("after", texts.getLast());
        assertFalse(texts.contains("refused"));
        // Reported as failed and delivered after all: what was in flight when Redis hung.
        int late = texts.size() - 2;
        assertTrue(late <= PublishQueue.BATCH_MESSAGES, late + " delivered late");
        System.out.println(
                "hang: failed after " + failedMillis + " ms, up after " + upMillis + " ms, delivered late " + late);
    }

    @Test
    void anIdleNodeNoticesAHungRedisToo() {
        RedisServer redis = closing.later(RedisServer.start());
        RedisRelay relay = node(redis, new Inbox());
        awaitUp(relay, LIMIT);
        redis.pause();
        awaitDown(relay, Duration.ofMillis(3_500));
        redis.resume();
        awaitUp(relay, RESUME);
    }

    @Test
    void losingOnlyTheSubscriptionMakesItDownUntilItIsBack() {
        RedisServer redis = closing.later(RedisServer.start());
        Inbox inbox = new Inbox();
        RedisRelay relay = node(redis, inbox);
        done(relay.subscribe(TOPIC), LIMIT);
        awaitUp(relay, LIMIT);
        for (int i = 0; i < 5; i++) {
            String text = "" + i;
            int links = linksOpened.get();
            redis.command("CLIENT KILL TYPE pubsub");
            // It may be back before anybody has seen it down. Should Redisson not tell, the probe does, within 3 s.
            Await.until("a new link", Duration.ofMillis(3_500), () -> linksOpened.get() > links);
            awaitUp(relay, RESUME);
            done(relay.publish(TOPIC, Inbox.text(text), Optional.empty()), RESUME);
            Await.until("delivery", LIMIT, () -> inbox.texts(TOPIC).contains(text));
        }
        assertEquals(List.of("0", "1", "2", "3", "4"), inbox.texts(TOPIC));
    }

    @Test
    void moreTopicsThanOneConnectionCarriesAllComeBackAndMissNothing() {
        RedisServer redis = closing.later(RedisServer.start());
        Inbox inbox = new Inbox();
        RedisRelay relay = node(redis, inbox);
        List<Topic> topics =
                IntStream.range(0, 1_500).mapToObj(i -> new Topic("t" + i)).toList();
        topics.stream().map(relay::subscribe).toList().forEach(stage -> done(stage, LIMIT));
        awaitUp(relay, LIMIT);
        topics.stream()
                .map(topic -> relay.publish(topic, Inbox.text("1"), Optional.empty()))
                .toList()
                .forEach(stage -> done(stage, LIMIT));
        Await.until(() -> inbox.size() + " arrived", LIMIT, () -> inbox.size() == topics.size());

        redis.kill();
        awaitDown(relay, Duration.ofSeconds(1));
        redis.restart();
        long back = System.nanoTime();
        awaitUp(relay, LIMIT);
        System.out.println("1500 topics: up after " + (System.nanoTime() - back) / 1_000_000 + " ms");

        List<CompletionStage<Position>> sent = topics.stream()
                .map(topic -> relay.publish(topic, Inbox.text("2"), Optional.empty()))
                .toList();
        sent.forEach(stage -> done(stage, LIMIT));
        Await.until(() -> inbox.size() + " arrived", LIMIT, () -> inbox.size() == 2 * topics.size());

        topics.stream().skip(1).forEach(relay::unsubscribe);
        Await.until(
                "channels end",
                LIMIT,
                () -> redis.command("PUBSUB CHANNELS test:topic:*").equals("*1"));
        done(relay.publish(topics.getFirst(), Inbox.text("3"), Optional.empty()), LIMIT);
        Await.until("the last topic goes on", LIMIT, () -> inbox.size() == 2 * topics.size() + 1);
    }

    @Test
    void closesWithinTwoSecondsWhateverStateRedisIsIn() {
        RedisServer redis = closing.later(RedisServer.start());
        RedisRelay up = node(redis, new Inbox());
        awaitUp(up, LIMIT);
        assertClosesQuickly(up);

        RedisRelay hung = node(redis, new Inbox());
        awaitUp(hung, LIMIT);
        redis.pause();
        hung.publish(TOPIC, Inbox.text("never answered"), Optional.empty());
        assertClosesQuickly(hung);
        RedisRelay connecting = node(redis, new Inbox());
        assertClosesQuickly(connecting);

        redis.kill();
        RedisRelay missing = node(redis, new Inbox());
        Await.until(
                "an attempt fails",
                LIMIT,
                () -> missing.status() instanceof RelayStatus.Down down
                        && down.reason().contains("refused"));
        assertClosesQuickly(missing);

        Await.until(
                () -> "threads left: " + redissonThreads(),
                LIMIT,
                () -> redissonThreads().isEmpty());
    }

    private static void assertClosesQuickly(RedisRelay relay) {
        long start = System.nanoTime();
        relay.close();
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println("closed in " + millis + " ms");
        assertTrue(millis < 2_000, "closing took " + millis + " ms");
        assertInstanceOf(RelayStatus.Down.class, relay.status());
    }

    private static List<String> redissonThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("redisson"))
                .toList();
    }

    /** A message that Redis has taken. */
    private record Carried(int round, int number, Position position) {
        String text() {
            return Load.text(round, number);
        }
    }

    /** One thread that publishes numbered messages as fast as the answers allow, and keeps account. */
    private static final class Load {
        private static final int AHEAD = 500;

        private final Relay relay;
        private final int round;
        private final List<Carried> carried = new ArrayList<>();
        private final Thread thread;
        private final AtomicInteger published = new AtomicInteger();
        private volatile boolean stopped;

        Load(Relay relay, int round) {
            this.relay = relay;
            this.round = round;
            this.thread = Thread.startVirtualThread(this::run);
        }

        static String text(int round, int number) {
            return "r" + round + ":" + number;
        }

        private void run() {
            List<CompletionStage<?>> stages = new ArrayList<>();
            while (!stopped) {
                for (int i = 0; i < AHEAD; i++) {
                    int number = published.getAndIncrement();
                    stages.add(relay.publish(TOPIC, Inbox.text(text(round, number)), Optional.empty())
                            .thenAccept(position -> add(new Carried(round, number, position))));
                }
                CompletableFuture.allOf(stages.stream()
                                .map(stage -> stage.handle((value, e) -> null).toCompletableFuture())
                                .toArray(CompletableFuture[]::new))
                        .join();
                stages.clear();
            }
        }

        private void add(Carried one) {
            synchronized (carried) {
                carried.add(one);
            }
        }

        int published() {
            return published.get();
        }

        int carried() {
            synchronized (carried) {
                return carried.size();
            }
        }

        List<Carried> allCarried() {
            synchronized (carried) {
                return List.copyOf(carried);
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            thread.join();
        }
    }
}
