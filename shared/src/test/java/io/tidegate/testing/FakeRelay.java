package io.tidegate.testing;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.History;
import io.tidegate.relay.MemoryBus;
import io.tidegate.relay.MemoryRelay;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceReport;
import io.tidegate.relay.Relay;
import io.tidegate.relay.RelayStatus;
import io.tidegate.relay.RelayUnavailableException;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The relay in memory, in a test's hand: it answers at once, later, or not at all. */
public final class FakeRelay implements Relay {
    private final Receiver receiver;
    private final MemoryRelay relay;
    private final List<Supplier<Runnable>> heldReadings = new CopyOnWriteArrayList<>();
    public final List<CompletableFuture<Position>> unanswered = new CopyOnWriteArrayList<>();
    public final List<String> subscriptions = new CopyOnWriteArrayList<>();
    public volatile boolean down;
    public volatile boolean holding;
    public volatile boolean refusing;
    public volatile boolean holdingSubscribes;

    /** What subscribes wait for. */
    public final List<CompletableFuture<Void>> heldSubscribes = new ArrayList<>();

    public volatile boolean holdingReadings;

    /** A relay that is up and delivers at once. */
    public FakeRelay(Receiver receiver, MemoryBus bus, Clock clock) {
        this.receiver = receiver;
        this.relay = new MemoryRelay(bus, receiver, new Metrics(), clock);
    }

    /** Who takes what this relay delivers. */
    public Receiver receiver() {
        return receiver;
    }

    @Override
    public CompletionStage<Position> publish(Topic topic, Message message, Optional<MessageId> id) {
        if (down) {
            return unavailable();
        }
        if (holding) {
            CompletableFuture<Position> answer = new CompletableFuture<>();
            unanswered.add(answer);
            return answer;
        }
        return relay.publish(topic, message, id);
    }

    @Override
    public CompletionStage<Position> pass(Topic topic, Message message) {
        return down ? unavailable() : relay.pass(topic, message);
    }

    @Override
    public CompletionStage<PresenceAnswer> presence(Topic topic, PresenceReport report) {
        return read(() -> relay.presence(topic, report));
    }

    @Override
    public CompletionStage<Void> subscribe(Topic topic) {
        if (refusing) {
            return unavailable();
        }
        subscriptions.add("+" + topic);
        if (holdingSubscribes) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            heldSubscribes.add(answer);
            return relay.subscribe(topic).thenCompose(nothing -> answer);
        }
        return relay.subscribe(topic);
    }

    @Override
    public void unsubscribe(Topic topic) {
        subscriptions.add("-" + topic);
        relay.unsubscribe(topic);
    }

    @Override
    public CompletionStage<Position> head(Topic topic) {
        return read(() -> relay.head(topic));
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int maxBytes) {
        return read(() -> relay.history(topic, after, maxBytes));
    }

    @Override
    public CompletionStage<History> last(Topic topic, int messages, int maxBytes) {
        return read(() -> relay.last(topic, messages, maxBytes));
    }

    /** Says that messages of a topic are missing. */
    public void reportGap(Topic topic, Position position) {
        receiver.gap(topic, position);
    }

    /** Readings that wait. */
    public int heldReadings() {
        return heldReadings.size();
    }

    /** Answers them, by what is true now. */
    public void releaseReadings() {
        holdingReadings = false;
        takeReadings().forEach(Runnable::run);
    }

    /** Takes them from the relay: what is true now, each to be told its reader later. */
    public List<Runnable> takeReadings() {
        List<Runnable> taken = heldReadings.stream().map(Supplier::get).toList();
        heldReadings.clear();
        return taken;
    }

    private <T> CompletionStage<T> read(Supplier<CompletionStage<T>> reading) {
        if (down) {
            return unavailable();
        }
        if (!holdingReadings) {
            return reading.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        heldReadings.add(() -> {
            T value = reading.get().toCompletableFuture().join();
            return () -> answer.complete(value);
        });
        return answer;
    }

    private static <T> CompletionStage<T> unavailable() {
        return CompletableFuture.failedFuture(new RelayUnavailableException("down"));
    }

    @Override
    public RelayStatus status() {
        return down ? new RelayStatus.Down(0, "down") : new RelayStatus.Up();
    }

    @Override
    public void close() {
        relay.close();
    }
}
