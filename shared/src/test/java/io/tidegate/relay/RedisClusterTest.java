package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.SettingsReader;
import io.tidegate.settings.Sharding;
import io.tidegate.testing.Await;
import io.tidegate.testing.Closing;
import io.tidegate.testing.MostlyWaits;
import io.tidegate.testing.RedisCluster;
import io.tidegate.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The relay on a Redis Cluster of three masters: which of them carries what, and what happens when slots move. */
class RedisClusterTest {
    /** On the last master. */
    private static final Topic TOPIC = new Topic("room");

    private static final int SLOT = Slots.of(TOPIC.name());
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** From the moment when the cluster serves the slot again. Redisson looks for slots that have moved every 5 s. */
    private static final Duration RESUME = Duration.ofSeconds(4);

    private static final Map<String, String> CREDENTIALS =
            Map.of("tidegate.relay.username", "tidegate", "tidegate.relay.password", "sesame");

    @RegisterExtension
    private final Closing closing = new Closing();

    private final AtomicInteger linksOpened = new AtomicInteger();

    private RedisCluster cluster(String... options) {
        return closing.later(RedisCluster.start(3, options));
    }

    private RedisRelay start(
            RedisCluster cluster, Sharding sharding, Relay.Receiver receiver, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("tidegate.relay.url", cluster.url());
        all.put("tidegate.relay.prefix", "test");
        all.put("tidegate.relay.sharding", sharding.name().toLowerCase(Locale.ROOT));
        return closing.later(
                RedisNodes.start(SettingsReader.read(all, Map.of()), receiver, linksOpened::incrementAndGet));
    }

    private RedisRelay node(RedisCluster cluster, Sharding sharding, Relay.Receiver receiver) {
        RedisRelay relay = start(cluster, sharding, receiver, Map.of());
        awaitUp(relay);
        return relay;
    }

    /** One of two nodes that shard. The other one has subscribed to the topic, and has the inbox. */
    private RedisRelay publisherTo(Inbox inbox, RedisCluster cluster) {
        RedisRelay subscriber = node(cluster, Sharding.FULL, inbox);
        RedisRelay publisher = node(cluster, Sharding.FULL, new Inbox());
        done(subscriber.subscribe(TOPIC));
        return publisher;
    }

    private static void awaitUp(Relay relay) {
        Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
    }

    private static void done(CompletionStage<?> stage) {
        Await.value("the relay answers", LIMIT, stage.thenApply(nothing -> true));
    }

    private static void publish(Relay relay, Topic topic, String text) {
        done(relay.publish(topic, Inbox.text(text), Optional.empty()));
    }

    /** Publishes until it is taken. */
    private static void publishAtLast(Relay relay, String text) {
        Await.until(() -> "published: " + relay.status(), LIMIT, () -> {
            CompletionStage<Position> taken = relay.publish(TOPIC, Inbox.text(text), Optional.empty());
            Await.until("an answer", LIMIT, () -> taken.toCompletableFuture().isDone());
            return !taken.toCompletableFuture().isCompletedExceptionally();
        });
    }

    private static void arrives(Inbox inbox, String text, Duration limit) {
        Await.until(
                () -> text + " arrives; " + inbox.size() + " did",
                limit,
                () -> inbox.texts(TOPIC).contains(text));
    }

    private static long busMessages(RedisCluster cluster) {
        return cluster.masters().stream()
                .flatMap(master -> master.answer("CLUSTER INFO").getFirst().lines())
                .filter(line -> line.startsWith("cluster_stats_messages_publish_sent:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    /** Two nodes that know all topics, and a message of each. Returns how many messages the masters sent each other. */
    private long exchange(RedisCluster cluster, Sharding sharding, List<Topic> topics) {
        Inbox inbox = new Inbox();
        RedisRelay publisher = node(cluster, sharding, new Inbox());
        RedisRelay subscriber = node(cluster, sharding, inbox);
        topics.stream().map(subscriber::subscribe).toList().forEach(RedisClusterTest::done);
        topics.forEach(topic -> publish(publisher, topic, "a"));
        Await.until("all arrive", LIMIT, () -> inbox.size() == topics.size());
        return busMessages(cluster);
    }

    @Test
    @MostlyWaits
    void aShardedMessageConcernsOnlyTheMasterThatHasItsTopic() {
        List<Topic> topics =
                IntStream.range(0, 60).mapToObj(i -> new Topic("t" + i)).toList();
        RedisCluster cluster = cluster();
        assertEquals(0, exchange(cluster, Sharding.FULL, topics));
        for (RedisServer master : cluster.masters()) {
            long own = topics.stream()
                    .filter(topic -> cluster.masterOf(Slots.of(topic.name())) == master)
                    .count();
            assertTrue(own > 0);
            assertEquals("*" + own, master.command("PUBSUB SHARDCHANNELS test:topic:*"));
            assertEquals("*0", master.command("PUBSUB CHANNELS test:*"));
            assertEquals("*2", master.command("PUBSUB SHARDCHANNELS test:probe:*"), "one of each node");
        }
        assertTrue(
                exchange(cluster(), Sharding.NONE, topics) >= 2L * topics.size(), "otherwise to the two others, too");
    }

    /** Nodes with neighbouring steps, as in a rollout. */
    @ParameterizedTest
    @CsvSource({"NONE, PUBLISH", "PUBLISH, SUBSCRIBE", "SUBSCRIBE, FULL"})
    @MostlyWaits
    void nodesWithNeighbouringStepsGetEachMessageOnce(Sharding step, Sharding next) {
        RedisCluster cluster = cluster();
        Inbox before = new Inbox();
        Inbox after = new Inbox();
        RedisRelay old = node(cluster, step, before);
        RedisRelay young = node(cluster, next, after);
        for (Relay relay : List.of(old, young)) {
            done(relay.subscribe(TOPIC));
            done(relay.subscribe(Topic.BROADCAST));
        }
        List<String> texts = new ArrayList<>();
        for (Relay relay : List.of(old, young, old)) {
            String text = "" + texts.size();
            texts.add(text);
            publish(relay, TOPIC, text);
            publish(relay, Topic.BROADCAST, text);
        }
        for (Inbox inbox : List.of(before, after)) {
            Await.until("the last", LIMIT, () -> inbox.size() >= 2 * texts.size());
            assertEquals(texts, inbox.texts(TOPIC));
            assertEquals(texts, inbox.texts(Topic.BROADCAST));
        }
        assertEquals(2, linksOpened.get(), "no message was missed");
    }

    @Test
    @MostlyWaits
    void anIdleNodeNoticesThatASlotHasMoved() {
        RedisCluster cluster = cluster();
        Inbox inbox = new Inbox();
        RedisRelay publisher = publisherTo(inbox, cluster);
        publish(publisher, TOPIC, "before");
        arrives(inbox, "before", LIMIT);

        cluster.move(SLOT, cluster.masterOf(SLOT), other(cluster));
        Await.until("a new link", RESUME, () -> linksOpened.get() == 3);
        publishAtLast(publisher, "after");
        arrives(inbox, "after", RESUME);
        assertEquals(List.of("before", "after"), inbox.texts(TOPIC));
        assertEquals(List.of(), inbox.gaps());
    }

    /** Redisson looks for slots that have moved, and then subscribes again. */
    @Test
    @MostlyWaits
    void asDoesANodeThatShardsNothing() {
        RedisCluster cluster = cluster();
        Inbox inbox = new Inbox();
        RedisRelay subscriber = node(cluster, Sharding.NONE, inbox);
        done(subscriber.subscribe(TOPIC));
        cluster.move(SLOT, cluster.masterOf(SLOT), other(cluster));
        Await.until("a new link", LIMIT, () -> linksOpened.get() == 2);
        publishAtLast(subscriber, "after");
        arrives(inbox, "after", RESUME);
    }

    private static RedisServer other(RedisCluster cluster) {
        RedisServer owner = cluster.masterOf(SLOT);
        return cluster.masters().stream()
                .filter(master -> master != owner)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @MostlyWaits
    void aSlotThatMovesUnderLoadLosesAndDoublesNothing() throws InterruptedException {
        RedisCluster cluster = cluster();
        Inbox inbox = new Inbox();
        RedisRelay publisher = publisherTo(inbox, cluster);
        Load load = new Load(publisher);
        RedisServer owner = cluster.masterOf(SLOT);
        for (int round = 0; round < 4; round++) {
            int before = load.carried().size();
            Await.until("load", LIMIT, () -> load.carried().size() > before + 100);
            boolean there = round % 2 == 0;
            cluster.move(SLOT, there ? owner : other(cluster), there ? other(cluster) : owner);
            int moved = load.carried().size();
            Await.until("load", LIMIT, () -> load.carried().size() > moved + 1);
            arrives(inbox, load.carried().getLast(), RESUME);
        }
        load.stop();
        arrives(inbox, load.carried().getLast(), RESUME);
        List<String> arrived = inbox.texts(TOPIC);
        List<String> lost = new ArrayList<>(load.carried());
        lost.removeAll(new HashSet<>(arrived));
        assertEquals(List.of(), lost);
        assertEquals(arrived.size(), new HashSet<>(arrived).size(), "none doubled");
        assertEquals(List.of(), inbox.gaps());
    }

    /** Not answered any more, but connected: nothing tells that its subscriptions are worth nothing. */
    @Test
    @MostlyWaits
    void aMasterThatHangsIsReplacedByItsReplica() {
        takesOver(RedisServer::pause);
    }

    @Test
    @MostlyWaits
    void aMasterThatCrashesIsReplacedByItsReplica() {
        takesOver(RedisServer::kill);
    }

    /** The other masters go on meanwhile. */
    private void takesOver(Consumer<RedisServer> fault) {
        RedisCluster cluster = cluster("--cluster-require-full-coverage", "no");
        RedisServer owner = cluster.masterOf(SLOT);
        RedisServer replica = cluster.replicate(owner);
        Inbox inbox = new Inbox();
        RedisRelay publisher = publisherTo(inbox, cluster);
        publish(publisher, TOPIC, "before");
        arrives(inbox, "before", LIMIT);
        Await.until(
                "the replica has it",
                LIMIT,
                () -> replica.answer("INFO keyspace").getFirst().contains("keys="));

        fault.accept(owner);
        goesOnWith(replica, publisher, inbox);
    }

    private static void goesOnWith(RedisServer replica, RedisRelay publisher, Inbox inbox) {
        Await.until(
                "the replica takes over",
                LIMIT,
                () -> replica.answer("ROLE").getFirst().equals("master"));
        publishAtLast(publisher, "after");
        arrives(inbox, "after", RESUME);
        assertEquals(List.of("before", "after"), inbox.texts(TOPIC));
    }

    /** Both stay, and so do the connections. */
    @Test
    @MostlyWaits
    void aPlannedFailoverLosesNothing() {
        RedisCluster cluster = cluster();
        RedisServer replica = cluster.replicate(cluster.masterOf(SLOT));
        Inbox inbox = new Inbox();
        RedisRelay publisher = publisherTo(inbox, cluster);
        publish(publisher, TOPIC, "before");
        assertEquals("+OK", replica.command("CLUSTER FAILOVER"));
        goesOnWith(replica, publisher, inbox);
        assertEquals(List.of(), inbox.gaps());
    }

    @Test
    @MostlyWaits
    void withoutTheCommandMessagesGoToEveryNode() {
        RedisCluster cluster = cluster("--rename-command", "SPUBLISH", "\"\"");
        Inbox inbox = new Inbox();
        RedisRelay sharding = node(cluster, Sharding.FULL, inbox);
        RedisRelay plain = node(cluster, Sharding.NONE, new Inbox());
        done(sharding.subscribe(TOPIC));
        publish(plain, TOPIC, "a");
        publish(sharding, TOPIC, "b");
        Await.until("both", LIMIT, () -> inbox.size() == 2);
        assertEquals(List.of("a", "b"), inbox.texts(TOPIC));
    }

    @Test
    @MostlyWaits
    void withoutTheRightToShardTheRelayStaysDownAndSaysWhy() {
        RedisCluster cluster = cluster();
        cluster.masters().forEach(master -> {
            assertEquals("+OK", master.command("ACL SETUSER tidegate on >sesame ~* &* +@all -spublish"));
        });
        RedisRelay relay = start(cluster, Sharding.PUBLISH, new Inbox(), CREDENTIALS);
        Await.until(
                () -> "" + relay.status(),
                LIMIT,
                () -> relay.status() instanceof RelayStatus.Down down
                        && down.reason().contains("NOPERM"));
    }

    @Test
    @MostlyWaits
    void theRightsOnThePageAreEnough() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "redis.md"));
        Matcher user = Pattern.compile("(?m)^user tidegate on >PASSWORD (.*)$").matcher(page);
        Matcher more = Pattern.compile("A cluster also needs `(.*?)`, and with `.*?` also\\s+`(.*?)`")
                .matcher(page);
        assertTrue(user.find() && more.find());
        String rights = user.group(1).replace("tidegate:", "test:") + " " + more.group(1) + " " + more.group(2);
        RedisCluster cluster = cluster();
        cluster.masters()
                .forEach(master -> assertEquals("+OK", master.command("ACL SETUSER tidegate on >sesame " + rights)));
        Inbox inbox = new Inbox();
        RedisRelay relay = start(cluster, Sharding.SUBSCRIBE, inbox, CREDENTIALS);
        awaitUp(relay);
        done(relay.subscribe(TOPIC));
        publish(relay, TOPIC, "a");
        arrives(inbox, "a", LIMIT);
        relay.unsubscribe(TOPIC);
        done(relay.presence(TOPIC, PresenceReport.question()));
        done(relay.last(TOPIC, 1, 1_000));
    }

    @Test
    @MostlyWaits
    void aMasterThatRefusesWritesCostsOnlyItsOwnTopics() {
        RedisCluster cluster = cluster();
        RedisRelay relay = node(cluster, Sharding.FULL, new Inbox());
        publish(relay, TOPIC, "a");
        assertEquals("+OK", cluster.masterOf(SLOT).command("CONFIG SET maxmemory 1"));
        Topic elsewhere = IntStream.range(0, 1_000)
                .mapToObj(i -> new Topic("t" + i))
                .filter(topic -> cluster.masterOf(Slots.of(topic.name())) != cluster.masterOf(SLOT))
                .findFirst()
                .orElseThrow();
        // More than the life of what the probe keeps: a full Redis takes the first message of a topic.
        long end = System.nanoTime() + Duration.ofSeconds(12).toNanos();
        int tried = 0;
        for (; System.nanoTime() < end; tried++) {
            CompletionStage<Position> refused = relay.publish(TOPIC, Inbox.text("a"), Optional.empty());
            CompletionStage<Position> taken = relay.publish(elsewhere, Inbox.text("a"), Optional.empty());
            Await.until("refused", LIMIT, () -> refused.toCompletableFuture().isCompletedExceptionally());
            done(taken);
        }
        assertTrue(tried > 100);
        assertEquals(1, linksOpened.get());
    }

    /** One thread that publishes numbered messages, one after the other, and keeps account of those that are taken. */
    private static final class Load {
        private final List<String> carried = new ArrayList<>();
        private final Thread thread;
        private volatile boolean stopped;

        Load(Relay relay) {
            thread = Thread.startVirtualThread(() -> {
                for (int i = 0; !stopped; i++) {
                    String text = "" + i;
                    Message message = Inbox.text(text);
                    relay.publish(TOPIC, message, Optional.empty())
                            .handle((position, error) -> error == null && add(text))
                            .toCompletableFuture()
                            .join();
                }
            });
        }

        private boolean add(String text) {
            synchronized (carried) {
                return carried.add(text);
            }
        }

        List<String> carried() {
            synchronized (carried) {
                return List.copyOf(carried);
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            thread.join();
            assertFalse(thread.isAlive());
        }
    }
}
