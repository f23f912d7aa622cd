package io.tidegate.client;

import java.time.Duration;
import java.util.Optional;

/**
 * A message to publish.
 *
 * @param message one JSON value, as text: at most 999 levels, numbers of at most 1,000 digits
 * @param user one JSON value, as text
 * @param id unique among all publishers of the topic, for as long as the server keeps history: 1 to 128 characters. By
 *     default the client makes one. With your own id you can repeat a publish after a crash without a duplicate
 * @param terms how the message is published
 */
public record Publication(String topic, String message, Optional<String> user, Optional<String> id, Terms terms) {

    /** @throws IllegalArgumentException where a topic, JSON text or id is not as described; the message says which */
    public Publication {
        Arguments.topic(topic);
        Arguments.json("message", message);
        Arguments.given("user", user).ifPresent(value -> Arguments.json("user", value));
        Arguments.given("id", id).ifPresent(Arguments::id);
        Arguments.given("terms", terms);
    }

    /**
     * How a message is published.
     *
     * @param keep whether the history keeps the message; a message that is not kept is delivered in order, to the present
     *     subscribers
     * @param timeout how long to wait for the acknowledgement; empty for as long as the client is open
     */
    public record Terms(boolean keep, Optional<Duration> timeout) {
        /** The message is kept, and its acknowledgement is waited for without a limit. */
        public static final Terms DEFAULT = new Terms(true, Optional.empty());

        /** @throws IllegalArgumentException where the timeout is not above 0 */
        public Terms {
            Arguments.given("timeout", timeout).ifPresent(time -> Arguments.positive("timeout", time));
        }
    }

    public static Publication of(String topic, String message) {
        return new Publication(topic, message, Optional.empty(), Optional.empty(), Terms.DEFAULT);
    }

    public Publication by(String user) {
        Arguments.json("user", user);
        return new Publication(topic, message, Optional.of(user), id, terms);
    }

    public Publication withId(String id) {
        Arguments.id(id);
        return new Publication(topic, message, user, Optional.of(id), terms);
    }

    /**
     * Use {@code false} for a message that is useless later, such as "is typing": it removes nothing from the history,
     * and is not sent again where the connection is lost before the acknowledgement.
     */
    public Publication keep(boolean keep) {
        return new Publication(topic, message, user, id, new Terms(keep, terms.timeout()));
    }

    /**
     * Gives up after this time, counted from the return of {@code publish}: the future fails with {@link
     * java.util.concurrent.TimeoutException}. The message may have been published.
     */
    public Publication within(Duration timeout) {
        Arguments.positive("timeout", timeout);
        return new Publication(topic, message, user, id, new Terms(terms.keep(), Optional.of(timeout)));
    }
}
