package io.tidegate.protocol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a message stands in its topic. Opaque to clients; to nodes an epoch and an offset in it.
 *
 * @param epoch one unbroken count of the topic's messages; another one begins where the count itself was lost
 * @param offset of the message, from 1; 0 stands before the first
 */
public record Position(String epoch, long offset) {
    /** Of what has none: the messages of {@link Topic#BROADCAST} and {@link Topic#FLEET}. */
    public static final Position NONE = new Position("", 0);

    /** Offsets that a double holds exactly, as the scripts in Redis count in those. */
    private static final Pattern TEXT = Pattern.compile("([0-9a-z]{1,24})-(0|[1-9][0-9]{0,14})");

    /** The position that this text stands for; empty where no server has ever sent it. */
    public static Optional<Position> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new Position(parts.group(1), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    /** The position so many messages further. */
    public Position plus(long messages) {
        return new Position(epoch, offset + messages);
    }

    /** As clients get it. */
    public String text() {
        return epoch + "-" + offset;
    }
}
