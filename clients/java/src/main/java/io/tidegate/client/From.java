package io.tidegate.client;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription begins.
 *
 * @param after after this position of the topic, from {@link Message}, {@link Ack} or {@link Subscription}
 * @param last with this many of the last messages in the history, 1 to 100,000; with fewer where the history has fewer
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

    /** Begins with what is published from now on. */
    public static From now() {
        return NOW;
    }

    /** Begins after a position; {@link #now} where it is null. */
    public static From after(@Nullable String position) {
        return position == null ? NOW : new From(Optional.of(position), OptionalInt.empty());
    }

    /** Begins with the last messages of the history, at most this many, and continues with new messages. */
    public static From last(int count) {
        return new From(Optional.empty(), OptionalInt.of(count));
    }

    private static void check(int last) {
        if (last < 1 || last > MOST) {
            throw new IllegalArgumentException("last " + last + "; allowed are 1 to " + MOST);
        }
    }
}
