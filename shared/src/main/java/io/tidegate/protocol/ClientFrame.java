package io.tidegate.protocol;

import java.util.Optional;

/** What a client's message asks for. */
public sealed interface ClientFrame {

    /**
     * What an error that answers this is about.
     *
     * @param home where a publish goes that names no topic
     */
    default About about(Optional<Topic> home) {
        return switch (this) {
            case Publish publish ->
                new About(
                        Optional.of("publish"),
                        publish.id(),
                        name(publish.topic().or(() -> home)));
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
     * Hand this to every subscriber of the topic.
     *
     * @param topic the connection's own where there is none
     * @param id to be acknowledged where there is one
     * @param keep whether the topic's history holds it; else it goes to those who are subscribed now, and has no position
     */
    record Publish(Optional<Topic> topic, Message message, Optional<MessageId> id, boolean keep)
            implements ClientFrame {
        /** To the connection's own topic, without an answer. */
        Publish(Message message) {
            this(Optional.empty(), message, Optional.empty(), true);
        }
    }

    /**
     * Deliver the topic from now on, from behind a position, or with some of its last messages first.
     *
     * @param after the last message that the client has seen
     * @param last how many of the last messages that the history holds come first; 0 where there is a position
     * @param presence whether the client wants to see who is there
     */
    record Subscribe(Topic topic, Optional<Position> after, int last, boolean presence) implements ClientFrame {
        /** From now on. */
        public Subscribe(Topic topic) {
            this(topic, Optional.empty(), 0, false);
        }
    }

    /** Deliver it no longer. */
    record Unsubscribe(Topic topic) implements ClientFrame {}

    /** Answer. */
    record Ping() implements ClientFrame {}

    /** Go on beyond the end of the token that was brought before. */
    record Token(String token) implements ClientFrame {}

    /**
     * Bad input: a value, not an exception, since it is expected.
     *
     * @param about what the answer is about, as far as it is known
     */
    record Invalid(ErrorCode code, String message, About about) implements ClientFrame {
        Invalid(ErrorCode code, String message) {
            this(code, message, About.NOTHING);
        }
    }

    /**
     * What an error is about, for the client to find its own frame again.
     *
     * @param answers the type of the frame; empty where it has none that this server knows
     * @param topic as the client wrote it, which may be no topic
     */
    record About(Optional<String> answers, Optional<MessageId> id, Optional<String> topic) {
        public static final About NOTHING = new About(Optional.empty(), Optional.empty(), Optional.empty());

        /** About a {@link Token}. */
        public static final About TOKEN = new About(Optional.of("token"), Optional.empty(), Optional.empty());

        /** A topic, in no answer. */
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
