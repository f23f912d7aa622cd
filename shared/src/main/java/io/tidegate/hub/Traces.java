package io.tidegate.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.tracing.Step;
import io.tidegate.tracing.Tracing;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Follows messages of back ends from node to node: the publisher's node tells the others of which trace a message is part, by
 * its position, on a topic of their own ({@link Topic#TRACES}). Nothing of that is in the message: a node that traces nothing,
 * or is of an earlier release, gets it as any other. Each write loop brings the two together ({@link TracedDeliveries}).
 */
public final class Traces {
    /** Far more than a word has. */
    private static final int LONGEST = 256;

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

    /** A message of this trace has waited at subscribers of this node. Any thread. */
    void delivered(Topic topic, String traceparent, long arrivedNanos, long deliveredNanos) {
        tracing.add(Step.DELIVER, traceparent, topic.name(), arrivedNanos, deliveredNanos);
    }
}
