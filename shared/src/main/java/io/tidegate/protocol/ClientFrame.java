package io.tidegate.protocol;

import java.util.Optional;

/** What a client's message asks for. */
public sealed interface ClientFrame {

    /**
     * What an answer to this is about.
     *
     * @param home where a publish goes that names no topic
     */
    default About about(Topic home) {
        return switch (this) {
            case Publish publish ->
                new About(publish.id(), Optional.of(publish.topic().orElse(home)));
            case Subscribe subscribe -> new About(Optional.empty(), Optional.of(subscribe.topic()));
            case Unsubscribe unsubscribe -> new About(Optional.empty(), Optional.of(unsubscribe.topic()));
            case Ping ping -> About.NOTHING;
            case Invalid invalid -> invalid.about();
        };
    }

    /**
     * Hand this to every subscriber of the topic.
     *
     * @param topic the connection's own where there is none
     * @param id to be acknowledged where there is one
     */
    record Publish(Optional<Topic> topic, Message message, Optional<MessageId> id) implements ClientFrame {
        /** To the connection's own topic, without an answer. */
        Publish(Message message) {
            this(Optional.empty(), message, Optional.empty());
        }
    }

    /**
     * Deliver the topic from now on, or from behind a position.
     *
     * @param after the last message that the client has seen
     */
    record Subscribe(Topic topic, Optional<Position> after) implements ClientFrame {}

    /** Deliver it no longer. */
    record Unsubscribe(Topic topic) implements ClientFrame {}

    /** Answer. */
    record Ping() implements ClientFrame {}

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

    /** What an error is about, for the client to find its own frame again. */
    record About(Optional<MessageId> id, Optional<Topic> topic) {
        public static final About NOTHING = new About(Optional.empty(), Optional.empty());
    }
}
