package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.owner.InlineOwners;
import io.tidegate.owner.Owner;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node delivers of a topic that was empty when it subscribed. */
class EmptyTopicDeliveryTest {
    private static final Topic TOPIC = new Topic("news");
    private static final TopicKeys KEYS = new TopicKeys("p", TOPIC);
    private static final Duration WEEK = Duration.ofDays(7);

    private final SplittableRandom random = new SplittableRandom(1);
    private final ModelRedis redis =
            new ModelRedis(RelayTimes.of(Settings.defaults()), () -> Retention.newEpoch(random));
    private final List<String> delivered = new ArrayList<>();
    private final Owner<TopicEvent> delivery =
            TopicDelivery.of(KEYS, new Arrivals(), new KnownPositions(), event -> {}, new InlineOwners(() -> {}));

    private final class Arrivals implements TopicDelivery.Arrivals {
        @Override
        public void messages(Position first, List<Envelope> envelopes) {
            for (Envelope envelope : envelopes) {
                delivered.add(first.offset() + ":" + new Inbox.Arrival(TOPIC, first, envelope.message()).text());
            }
        }

        @Override
        public void missed(Position first, History history) {
            assertEquals(history.after().plus(1), first);
            history.messages()
                    .forEach(message ->
                            delivered.add(first.offset() + ":" + new Inbox.Arrival(TOPIC, first, message).text()));
        }

        @Override
        public void gap(Position position) {
            delivered.add("gap");
        }

        @Override
        public void presence(PresenceChange change) {
            delivered.add("presence " + change.version().offset());
        }

        @Override
        public void attached(boolean watched) {
            if (watched) {
                delivered.add("watched");
            }
        }

        @Override
        public void malformed() {
            delivered.add("malformed");
        }
    }

    private long order;
    private long now = 1_732_406_400_000L;
    private Optional<Consumer<byte[]>> listener = Optional.empty();
    private Optional<CompletableFuture<Void>> attaching = Optional.empty();

    @BeforeEach
    void setTime() {
        redis.time(now);
    }

    private void pass(Duration time) {
        now += time.toMillis();
        redis.time(now);
    }

    private void publish(String text) {
        Link.Entry entry = new Link.Entry("", new Envelope(Inbox.text(text), 0).encode());
        ModelRedis.Published published = redis.publish(KEYS, Optional.empty(), List.of(entry));
        listener.ifPresent(present -> present.accept(published.packet().orElseThrow()));
    }

    private void connect() {
        order++;
        delivery.post(new TopicEvent.Mute(false));
        delivery.post(new TopicEvent.Start(order, new ModelLink()));
    }

    private final class ModelLink implements Link {
        private final CompletableFuture<String> lost = new CompletableFuture<>();

        @Override
        public CompletableFuture<List<Answer>> publish(List<Outgoing> batch) {
            throw new IllegalStateException("the test publishes");
        }

        @Override
        public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> bytes) {
            listener = Optional.of(bytes);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> unsubscribe(String channel) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<PresenceAnswer> presence(TopicKeys keys, PresenceReport report, long trustMillis) {
            return CompletableFuture.completedFuture(redis.presence(keys, report, trustMillis, change -> 0));
        }

        @Override
        public CompletableFuture<Attachment> attach(TopicKeys keys, Optional<Position> known) {
            Attachment head = new Attachment(redis.attach(keys, known), redis.isWatched(keys));
            return attaching.orElse(CompletableFuture.completedFuture(null)).thenApply(nothing -> head);
        }

        @Override
        public CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes) {
            return CompletableFuture.completedFuture(redis.history(keys, after, maxBytes));
        }

        @Override
        public CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes) {
            return CompletableFuture.completedFuture(redis.last(keys, messages, maxBytes));
        }

        @Override
        public CompletableFuture<String> lost() {
            return lost;
        }

        @Override
        public void close() {}
    }

    @Test
    void itsFirstMessageFollowsWithoutAGap() {
        connect();
        publish("a");
        publish("b");
        assertEquals(List.of("1:a", "2:b"), delivered);
    }

    @Test
    void whatArrivesBeforeTheAnswerDoesSoOnce() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        attaching = Optional.of(answer);
        connect();
        publish("a");
        answer.complete(null);
        publish("b");
        assertEquals(List.of("1:a", "2:b"), delivered);
    }

    @Test
    void overAnOutageItIsStillEmpty() {
        connect();
        pass(WEEK.minusSeconds(1));
        connect();
        pass(WEEK.minusSeconds(1));
        connect();
        publish("a");
        assertEquals(List.of("1:a"), delivered);
    }

    @Test
    void whatWasPublishedDuringAnOutageIsRead() {
        connect();
        listener = Optional.empty();
        pass(Duration.ofMinutes(1));
        publish("a");
        publish("b");
        pass(Duration.ofMinutes(1));
        connect();
        publish("c");
        assertEquals(List.of("1:a", "1:b", "3:c"), delivered);
    }

    @Test
    void whatWasPublishedAndIsNoLongerKeptIsAGap() {
        connect();
        listener = Optional.empty();
        publish("a");
        pass(Duration.ofMinutes(11));
        connect();
        publish("b");
        assertEquals(List.of("gap", "2:b"), delivered);
    }

    @Test
    void aRedisThatHasLostAllIsAGap() {
        connect();
        publish("a");
        redis.flush();
        connect();
        publish("b");
        assertEquals(List.of("1:a", "gap", "1:b"), delivered);
        redis.flush();
        assertEquals(0, redis.attach(KEYS, Optional.empty()).offset());
        connect();
        publish("c");
        assertEquals(List.of("1:a", "gap", "1:b", "gap", "1:c"), delivered);
    }

    @Test
    void anEmptyTopicOfARedisThatHasLostAllIsAGap() {
        connect();
        redis.flush();
        connect();
        publish("a");
        assertEquals(List.of("gap", "1:a"), delivered);
    }

    @Test
    void anOutageOfAWeekIsAGap() {
        connect();
        pass(WEEK);
        connect();
        publish("a");
        assertEquals(List.of("gap", "1:a"), delivered);
    }

    @Test
    void aReplicaThatNeverHadTheFirstMessageLeadsNobodyPastIt() {
        Position empty = redis.attach(KEYS, Optional.empty());
        ModelRedis.Snapshot replica = redis.save();
        connect();
        publish("a");
        redis.restore(replica);
        connect();
        publish("b");
        assertEquals(List.of("1:a", "gap", "1:b"), delivered);
        assertEquals(History.LOST, redis.history(KEYS, empty, 1));
    }
}
