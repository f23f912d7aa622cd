package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Moves messages from the relay into the queues of their topic's subscribers. For the write loop's thread alone.
 *
 * <p>Messages of a topic that follow each other within a round are framed once, into one batch that all subscribers
 * share.
 */
final class FanOut {
    private final Audiences audiences;
    private final Consumer<Throwable> defects;
    private final Watch watch;

    /** The messages that have arrived in this round, by topic. */
    private final Map<Topic, List<LoopEvent.Arrived>> runs = new HashMap<>();

    /** Where the duration of deliveries is recorded. */
    record Watch(Metrics metrics, TracedDeliveries traces, Clock clock) {}

    /**
     * A fan-out without messages.
     *
     * @param defects takes what a delivery has thrown
     */
    FanOut(Audiences audiences, Consumer<Throwable> defects, Watch watch) {
        this.audiences = audiences;
        this.defects = defects;
        this.watch = watch;
    }

    /** Takes messages of a topic. They are delivered at the end of the round, or before a gap. */
    void arrived(LoopEvent.Arrived arrived) {
        if (audiences.of(arrived.topic()) == null) {
            return;
        }
        List<LoopEvent.Arrived> run = runs.computeIfAbsent(arrived.topic(), topic -> new ArrayList<>());
        if (!run.isEmpty() && !arrived.batch().follows(run.getLast().batch())) {
            deliver(arrived.topic(), run);
            run.clear();
        }
        run.add(arrived);
    }

    /** Messages are missing before this position. */
    void gap(Topic topic, Position position) {
        flush(topic);
        Audience audience = audiences.of(topic);
        if (audience != null) {
            audience.delivered(position);
            for (int i = 0; i < audience.size(); i++) {
                audience.member(i).gap(position);
            }
        }
    }

    /** The topic's subscribers have missed a message. A close tells them. */
    void closeAll(Topic topic, CloseCode code, String reason) {
        Audience audience = audiences.of(topic);
        if (audience != null) {
            for (int i = 0; i < audience.size(); i++) {
                audience.member(i).subscriber().close(code, reason);
            }
        }
    }

    /** Delivers what has arrived of a topic to its subscribers' queues, because something else must follow it. */
    void flush(Topic topic) {
        List<LoopEvent.Arrived> run = runs.remove(topic);
        if (run != null) {
            deliver(topic, run);
        }
    }

    /** Delivers what has arrived in this round to the subscribers' queues. */
    void flush() {
        runs.forEach(this::deliver);
        runs.clear();
    }

    private void deliver(Topic topic, List<LoopEvent.Arrived> run) {
        Audience audience = audiences.of(topic);
        if (audience != null) {
            try {
                deliver(audience, run);
            } catch (RuntimeException | Error e) {
                defects.accept(e);
                closeAll(topic, CloseCode.INTERNAL, CloseCode.INTERNAL.reason());
            }
        }
        long now = watch.clock().nanoTime();
        for (LoopEvent.Arrived arrived : run) {
            watch.traces().delivered(arrived, now);
            for (int i = 0; i < arrived.batch().messages(); i++) {
                watch.metrics().fanOut().record(now - arrived.nanoTime());
            }
        }
    }

    private void deliver(Audience audience, List<LoopEvent.Arrived> run) {
        TopicBatch batch =
                TopicBatch.join(run.stream().map(LoopEvent.Arrived::batch).toList());
        int first = audience.nextFirst();
        for (int i = first; i < audience.size(); i++) {
            audience.member(i).deliver(batch);
        }
        for (int i = 0; i < first; i++) {
            audience.member(i).deliver(batch);
        }
        if (batch.isKept()) {
            audience.delivered(batch.last());
        }
    }
}
