package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The position of a topic of which nothing is kept: it stands before the first message, whose epoch nobody knows yet. So
 * such a topic needs no state; its position says instead when it was empty, and by whose word.
 *
 * <p>It is a {@link Position} with offset 0, of an epoch longer than any that a topic has: the birth, then the time.
 *
 * @param birth lasts as long as what is kept: where that was lost, there is another birth
 * @param millis by the clock of the process that keeps the topics
 */
record EmptyPosition(String birth, long millis) {
    private static final int BIRTH = 10;
    private static final Pattern EPOCH = Pattern.compile("([0-9a-z]{" + BIRTH + "})([0-9]{13})");

    /** What this position says where it is one of an empty topic. */
    static Optional<EmptyPosition> of(Position position) {
        Matcher parts = EPOCH.matcher(position.epoch());
        return position.offset() == 0 && parts.matches()
                ? Optional.of(new EmptyPosition(parts.group(1), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    static boolean isOne(Position position) {
        return of(position).isPresent();
    }

    /** A birth, made of an epoch that nothing ever had. */
    static String birth(String epoch) {
        String padded = "0".repeat(BIRTH) + epoch;
        return padded.substring(padded.length() - BIRTH);
    }

    Position position() {
        return new Position(birth + String.format(Locale.ROOT, "%013d", millis), 0);
    }

    /**
     * Whether a packet that a link brings follows what was delivered last, though it is of another epoch. While a link lives
     * it loses nothing: behind an empty topic comes the first message of the state that begins with it.
     */
    static boolean continues(Position delivered, Packet packet) {
        return isOne(delivered) && packet.first().offset() == 1;
    }

    /** Whether a topic that was empty is so still, and was not meanwhile; both positions are of one topic. */
    static boolean continues(Position delivered, Position head) {
        Optional<EmptyPosition> before = of(delivered);
        Optional<EmptyPosition> now = of(head);
        return before.isPresent()
                && now.isPresent()
                && before.get().birth.equals(now.get().birth)
                && now.get().millis - before.get().millis < Retention.LEAST_STATE.toMillis();
    }
}
