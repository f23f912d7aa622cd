package io.tidegate.client;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription begins.
 *
 * @param after behind this position of the topic, from {@link Message}, {@link Ack} or {@link Subscription}
 * @param last with so many messages that the history holds already, 1 to 100,000; with fewer where it holds fewer
 */
public record From(Optional<String> after, OptionalInt last) {
    private static final int MOST = 100_000;
    private static final From NOW = new From(Optional.empty(), OptionalInt.empty());

    /** @throws IllegalArgumentException where a value is not as described, or both are given */
    public From {
        Arguments.given("after", after).ifPresent(position -> Arguments.position("after", position));
        Arguments.given("last", last).ifPresent(From::check);
        if (after.isPresent() && last.isPresent()) {
            throw new IllegalArgumentException("both after and last; allowed is one of them");
        }
    }

    /** With what is published from now on. */
    public static From now() {
        return NOW;
    }

    /** Behind a position; {@link #now} where it is null. */
    public static From after(@Nullable String position) {
        return position == null ? NOW : new From(Optional.of(position), OptionalInt.empty());
    }

    /** With the last messages of the history, at most so many, and then with what is new. */
    public static From last(int count) {
        return new From(Optional.empty(), OptionalInt.of(count));
    }

    private static void check(int last) {
        if (last < 1 || last > MOST) {
            throw new IllegalArgumentException("last " + last + "; allowed are 1 to " + MOST);
        }
    }
}
