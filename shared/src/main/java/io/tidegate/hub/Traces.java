package io.tidegate.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.tracing.Step;
import io.tidegate.tracing.Tracing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Follows messages of back ends from node to node: the publisher's node tells the others of which trace a message is part, by
 * its position, on a topic of their own ({@link Topic#TRACES}). Nothing of that is in the message: a node that traces nothing,
 * or is of an earlier release, gets it as any other.
 *
 * <p>What has been delivered, and what has been told, is for the write loop's thread alone.
 */
public final class Traces {
    /** Deliveries, and words, that wait for their other half. */
    private static final int MOST = 4_096;

    /** Far more than a word has. */
    private static final int LONGEST = 256;

    private record Place(Topic topic, Position position) {}

    /** When it arrived, and when it waited at every subscriber. */
    private record Delivery(long arrivedNanos, long deliveredNanos) {}

    /** What a node says: this message is part of this trace. */
    record Word(Topic topic, Position position, String traceparent) {
        Message message() {
            String text = traceparent + " " + position.text() + " " + topic.name();
            return new Message(Opcode.TEXT, text.getBytes(US_ASCII));
        }

        /** Empty where it is none, since anyone may publish to a channel. */
        static Optional<Word> read(Message message) {
            if (message.payload().length > LONGEST) {
                return Optional.empty();
            }
            String[] words = new String(message.payload(), US_ASCII).split(" ", -1);
            return words.length == 3 && Topic.isValid(words[2])
                    ? Position.parse(words[1]).map(position -> new Word(new Topic(words[2]), position, words[0]))
                    : Optional.empty();
        }
    }

    /** The spans of one publish: its own, and one of the relay's part of it. */
    record Publishing(Tracing.Span publish, Tracing.Span relay) {
        private static final Publishing UNTRACED = new Publishing(Tracing.Span.NONE, Tracing.Span.NONE);

        /** They end with what the relay answers. */
        CompletionStage<Position> endWith(CompletionStage<Position> answer) {
            if (equals(UNTRACED)) {
                return answer;
            }
            return answer.whenComplete((position, failure) -> {
                String reason = failure == null ? "" : "the relay is unavailable";
                relay.end(reason);
                publish.end(reason);
            });
        }

        /** What the other nodes are to be told; empty where nobody could do anything with it. */
        Optional<Word> word(Topic topic, Position position) {
            return publish.isSampled() && !position.equals(Position.NONE)
                    ? Optional.of(new Word(topic, position, publish.traceparent()))
                    : Optional.empty();
        }
    }

    private final Map<Place, Delivery> deliveries = bounded();
    private final Map<Place, String> told = bounded();
    private volatile Tracing tracing = Tracing.OFF;

    /** Spans go there from now on. */
    void to(Tracing newTracing) {
        tracing = newTracing;
    }

    /** Whether anybody wants to see any. */
    public boolean isOn() {
        return tracing.isOn();
    }

    /** As {@link Tracing#begin}. */
    public Tracing.Span begin(Step step, String traceparent, String topic) {
        return tracing.begin(step, traceparent, topic);
    }

    /** Begins a publish. Any thread. */
    Publishing publish(Topic topic, String traceparent) {
        if (!isOn()) {
            return Publishing.UNTRACED;
        }
        Tracing.Span publish = begin(Step.PUBLISH, traceparent, topic.name());
        return new Publishing(publish, begin(Step.RELAY, publish.traceparent(), topic.name()));
    }

    /** Messages wait at all their subscribers here. */
    void delivered(LoopEvent.Arrived arrived, long nanoTime) {
        if (!isOn() || !arrived.segment().isKept()) {
            return;
        }
        Delivery delivery = new Delivery(arrived.nanoTime(), nanoTime);
        for (int i = 0; i < arrived.segment().messages().size(); i++) {
            Place place = new Place(arrived.topic(), arrived.segment().first().plus(i));
            String traceparent = told.remove(place);
            if (traceparent == null) {
                deliveries.put(place, delivery);
            } else {
                add(place, traceparent, delivery);
            }
        }
    }

    /** A node says of which trace a message is part, before it comes here or after that. */
    void told(Word word) {
        Place place = new Place(word.topic(), word.position());
        Delivery delivery = deliveries.remove(place);
        if (delivery == null) {
            told.put(place, word.traceparent());
        } else {
            add(place, word.traceparent(), delivery);
        }
    }

    private void add(Place place, String traceparent, Delivery delivery) {
        tracing.add(
                Step.DELIVER, traceparent, place.topic().name(), delivery.arrivedNanos(), delivery.deliveredNanos());
    }

    /** The oldest goes where there are too many. */
    private static <V> Map<Place, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Place, V> eldest) {
                return size() > MOST;
            }
        };
    }
}
