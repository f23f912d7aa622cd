package io.tidegate.protocol;

import java.util.Optional;

/** The request that a client's message makes. */
public sealed interface ClientFrame {

    /**
     * What an error that answers this frame is about.
     *
     * @param defaultTopic the topic of a publish that names none
     */
    default About about(Optional<Topic> defaultTopic) {
        return switch (this) {
            case Publish publish ->
                new About(
                        Optional.of("publish"),
                        publish.id(),
                        name(publish.topic().or(() -> defaultTopic)));
            case Subscribe subscribe -> About.subscribe(subscribe.topic());
            case Unsubscribe unsubscribe -> About.unsubscribe(unsubscribe.topic());
            case Ping ping -> new About(Optional.of("ping"), Optional.empty(), Optional.empty());
            case Token token -> About.TOKEN;
            case Invalid invalid -> invalid.about();
        };
    }

    private static Optional<String> name(Optional<Topic> topic) {
        return topic.map(Topic::name);
    }

    /**
     * Deliver this message to every subscriber of the topic.
     *
     * @param topic empty for the connection's own topic
     * @param id where there is one, the publish is acknowledged
     * @param keep whether the topic's history keeps the message; otherwise only the present subscribers get it, and it
     *     has no position
     */
    record Publish(Optional<Topic> topic, Message message, Optional<MessageId> id, boolean keep)
            implements ClientFrame {
        /** A publish to the connection's own topic, without an answer. */
        Publish(Message message) {
            this(Optional.empty(), message, Optional.empty(), true);
        }
    }

    /**
     * Deliver the topic from now on: after a position, or with some of its last messages first.
     *
     * @param after the last message that the client has seen
     * @param last how many of the last messages in the history come first; 0 where there is a position
     * @param presence whether the client wants to see the topic's presence
     */
    record Subscribe(Topic topic, Optional<Position> after, int last, boolean presence) implements ClientFrame {
        /** A subscription that begins at the present. */
        public Subscribe(Topic topic) {
            this(topic, Optional.empty(), 0, false);
        }
    }

    /** Stop the delivery of the topic. */
    record Unsubscribe(Topic topic) implements ClientFrame {}

    /** Send a pong. */
    record Ping() implements ClientFrame {}

    /** Renew the connection's token. */
    record Token(String token) implements ClientFrame {}

    /**
     * An invalid message. It is a value, not an exception, because invalid messages are expected.
     *
     * @param about what the answer is about, as far as that is known
     */
    record Invalid(ErrorCode code, String message, About about) implements ClientFrame {
        Invalid(ErrorCode code, String message) {
            this(code, message, About.NOTHING);
        }
    }

    /**
     * What an error is about, so that the client can find its own frame.
     *
     * @param answers the type of the frame; empty where it has none that this server knows
     * @param topic as the client wrote it, perhaps not a valid topic
     */
    record About(Optional<String> answers, Optional<MessageId> id, Optional<String> topic) {
        public static final About NOTHING = new About(Optional.empty(), Optional.empty(), Optional.empty());

        /** About a {@link Token}. */
        public static final About TOKEN = new About(Optional.of("token"), Optional.empty(), Optional.empty());

        /** About a topic, where the error answers no frame. */
        public static About topic(Topic topic) {
            return new About(Optional.empty(), Optional.empty(), Optional.of(topic.name()));
        }

        /** About a {@link Subscribe}. */
        public static About subscribe(Topic topic) {
            return new About(Optional.of("subscribe"), Optional.empty(), Optional.of(topic.name()));
        }

        /** About an {@link Unsubscribe}. */
        public static About unsubscribe(Topic topic) {
            return new About(Optional.of("unsubscribe"), Optional.empty(), Optional.of(topic.name()));
        }
    }
}
