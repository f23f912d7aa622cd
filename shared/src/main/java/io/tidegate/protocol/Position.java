package io.tidegate.protocol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message's place in its topic. Clients treat it as opaque; for nodes it is an epoch and an offset.
 *
 * @param epoch an unbroken numbering of the topic's messages; when the numbering is lost, a new epoch begins
 * @param offset of the message, from 1; 0 is before the first
 */
public record Position(String epoch, long offset) {
    /** The position of messages that have none: those of {@link Topic#BROADCAST} and {@link Topic#FLEET}. */
    public static final Position NONE = new Position("", 0);

    /** Offsets are limited to what a double holds exactly, because the scripts in Redis count in doubles. */
    private static final Pattern TEXT = Pattern.compile("([0-9a-z]{1,24})-(0|[1-9][0-9]{0,14})");

    /** The position in this text; empty where no server can have sent the text. */
    public static Optional<Position> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new Position(parts.group(1), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    /** The position this many messages later. */
    public Position plus(long messages) {
        return new Position(epoch, offset + messages);
    }

    /** The position in the form that clients get. */
    public String text() {
        return epoch + "-" + offset;
    }
}
