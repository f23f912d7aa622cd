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
 * Follows messages of back ends from node to node. The publisher's node tells the other nodes which trace a message
 * belongs to, by the message's position, on a separate topic ({@link Topic#TRACES}). The message itself carries no trace:
 * a node that does not trace, or is of an earlier release, gets it like any other. Each write loop matches traces and
 * messages ({@link TracedDeliveries}).
 */
public final class Traces {
    /** The longest word that is read. Real words are far shorter. */
    private static final int LONGEST = 256;

    /** What a node says: this message belongs to this trace. */
    record Word(Topic topic, Position position, String traceparent) {
        Message message() {
            String text = traceparent + " " + position.text() + " " + topic.name();
            return new Message(Opcode.TEXT, text.getBytes(US_ASCII));
        }

        /** Reads a word. Empty where the message is not a word, because anyone may publish to a channel. */
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

    /** The spans of one publish: one of the whole publish, and one of the relay's part of it. */
    record Publishing(Tracing.Span publish, Tracing.Span relay) {
        private static final Publishing UNTRACED = new Publishing(Tracing.Span.NONE, Tracing.Span.NONE);

        /** Ends both spans when the relay answers. */
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

        /** The word for the other nodes; empty where the trace is not sampled or the message has no position. */
        Optional<Word> word(Topic topic, Position position) {
            return publish.isSampled() && !position.equals(Position.NONE)
                    ? Optional.of(new Word(topic, position, publish.traceparent()))
                    : Optional.empty();
        }
    }

    private volatile Tracing tracing = Tracing.OFF;

    /** Sends spans to this exporter from now on. */
    void to(Tracing newTracing) {
        tracing = newTracing;
    }

    /** Whether spans are recorded. */
    public boolean isOn() {
        return tracing.isOn();
    }

    /** Like {@link Tracing#begin}. */
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

    /** A message of this trace is in the queues of this node's subscribers. Any thread. */
    void delivered(Topic topic, String traceparent, long arrivedNanos, long deliveredNanos) {
        tracing.add(Step.DELIVER, traceparent, topic.name(), arrivedNanos, deliveredNanos);
    }
}
