package io.tidegate.client;

import java.util.Optional;

/**
 * What to publish.
 *
 * @param message one JSON value, as text
 * @param user one JSON value, as text
 * @param id unique among all publishers of the topic, for as long as the server keeps history: 1 to 128 characters. By
 *     default the client makes one. One of your own lets you repeat a publish after a crash without doubling it
 */
public record Publication(String topic, String message, Optional<String> user, Optional<String> id) {

    /** @throws IllegalArgumentException where a topic, JSON text or id is not as described; the message says which */
    public Publication {
        Json.requireTopic(topic);
        Json.requireValue("message", message);
        user.ifPresent(value -> Json.requireValue("user", value));
        id.ifPresent(Json::requireId);
    }

    public static Publication of(String topic, String message) {
        return new Publication(topic, message, Optional.empty(), Optional.empty());
    }

    public Publication by(String user) {
        return new Publication(topic, message, Optional.of(user), id);
    }

    public Publication withId(String id) {
        return new Publication(topic, message, user, Optional.of(id));
    }
}
