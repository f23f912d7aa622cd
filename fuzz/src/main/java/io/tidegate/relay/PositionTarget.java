package io.tidegate.relay;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import io.tidegate.protocol.Position;

/** A position that a client brings back: it is refused, or a server writes it in the same way. */
public final class PositionTarget {
    private PositionTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = Texts.of(input);
        Position.parse(text).ifPresent(position -> {
            Promise.same(text, position.text());
            Promise.that(position.offset() >= 0 && position.offset() < 1L << 53, () -> "no double has " + text);
            EmptyPosition.of(position).ifPresent(empty -> Promise.same(position, empty.position()));
            Promise.same(EmptyPosition.of(position).isPresent(), EmptyPosition.continues(position, position));
        });
    }
}
