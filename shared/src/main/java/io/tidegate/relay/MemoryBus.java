package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The state that the {@link MemoryRelay}s of one process share: the subscribers of each topic, and the topics' history.
 * One owner holds all of it. A thread that posts to an idle owner runs its steps, so the publisher of a single node
 * does its work on its own thread.
 */
public final class MemoryBus {
    /** The divisor of the heap for all that is kept, where the settings set no limit. */
    private static final int SHARE = 4;

    private final Owner<MemoryTopics.Event> topics;

    /** A bus without topics. */
    public MemoryBus(Settings settings, Owners owners, Clock clock) {
        this(settings, owners, clock, maxBytes(settings.history()));
    }

    /** A bus that keeps at most this many bytes of the heap. */
    MemoryBus(Settings settings, Owners owners, Clock clock, long maxBytes) {
        this(RelayTimes.of(settings), owners, clock, maxBytes, new SplittableRandom());
    }

    /**
     * A bus with predictable epochs.
     *
     * @param random for epochs
     */
    MemoryBus(RelayTimes times, Owners owners, Clock clock, long maxBytes, RandomGenerator random) {
        this.topics = owners.serial("memory", new MemoryTopics(times, maxBytes, clock, random));
    }

    private static long maxBytes(Settings.History settings) {
        return settings.bytes()
                .map(Integer::longValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE);
    }

    CompletableFuture<Position> publish(Topic topic, boolean kept, Message message, Optional<MessageId> id) {
        return post(done -> new MemoryTopics.Publish(topic, kept, message, id, done));
    }

    CompletableFuture<Void> join(Topic topic, MemoryRelay relay) {
        return post(done -> new MemoryTopics.Join(topic, relay, done));
    }

    CompletableFuture<Void> leave(Topic topic, MemoryRelay relay) {
        return post(done -> new MemoryTopics.Leave(topic, relay, done));
    }

    CompletableFuture<Void> leaveAll(MemoryRelay relay) {
        return post(done -> new MemoryTopics.LeaveAll(relay, done));
    }

    CompletableFuture<Position> head(Topic topic) {
        return post(done -> new MemoryTopics.Head(topic, done));
    }

    CompletableFuture<History> history(Topic topic, Position after, int maxBytes) {
        return post(done -> new MemoryTopics.Read(topic, after, maxBytes, done));
    }

    CompletableFuture<History> last(Topic topic, int messages, int maxBytes) {
        return post(done -> new MemoryTopics.Last(topic, messages, maxBytes, done));
    }

    CompletableFuture<PresenceAnswer> presence(Topic topic, PresenceReport report) {
        return post(done -> new MemoryTopics.Presence(topic, report, done));
    }

    CompletableFuture<MemoryTopics.Usage> usage() {
        return post(MemoryTopics.Measure::new);
    }

    private <T> CompletableFuture<T> post(Function<CompletableFuture<T>, MemoryTopics.Event> event) {
        CompletableFuture<T> done = new CompletableFuture<>();
        topics.post(event.apply(done));
        return done;
    }
}
