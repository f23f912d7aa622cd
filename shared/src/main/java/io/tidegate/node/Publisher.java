package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Publishes for an application in the same process, like a back end over HTTP. Any thread. On Helidon MP it is a bean
 * that can be injected.
 */
public final class Publisher {
    private final Node node;

    /** A publisher on this node. */
    public Publisher(Node node) {
        this.node = node;
    }

    /**
     * Publishes a message to a topic.
     *
     * @param body JSON
     * @param id the same when a publish is repeated, so that the message counts once: 1 to 128 characters
     * @return completes with the message's position when the relay has it; fails with {@code RelayUnavailableException}
     *     where the relay could not be reached, although the relay may still have the message
     * @throws IllegalArgumentException where topic, body or id is not allowed; the message says what is allowed
     */
    public CompletionStage<String> publish(String topic, String body, Optional<String> id) {
        if (!Topic.isValid(topic)) {
            throw new IllegalArgumentException("a topic is " + Topic.PATTERN + ", not '" + topic + "'");
        }
        Optional<MessageId> known = id.flatMap(MessageId::text);
        if (id.isPresent() && known.isEmpty()) {
            throw new IllegalArgumentException("an id has 1 to " + MessageId.MAX_LENGTH + " characters");
        }
        byte[] json = switch (StrictJson.value(body.getBytes(UTF_8))) {
            case Good<byte[]> good -> good.value();
            case Bad<byte[]> bad -> throw new IllegalArgumentException("the body is " + bad.why());
        };
        return node.hub()
                .publish(
                        Publication.chat(
                                new Topic(topic),
                                null,
                                json,
                                known,
                                Clock.system().epochMillis()),
                        "")
                .thenApply(Position::toString);
    }
}
