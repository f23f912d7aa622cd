package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The position of a topic of which nothing is kept. It is the position before the first message, whose epoch is not
 * known yet. So an empty topic needs no state: its position says when the topic was empty, and according to which
 * birth.
 *
 * <p>It is a {@link Position} with offset 0. Its epoch is longer than any epoch of a topic with messages: the birth,
 * then the time.
 *
 * @param birth a random value that lasts as long as the kept data: where the data was lost, there is another birth
 * @param millis when the topic was empty, by the clock of the process that keeps the topics
 */
record EmptyPosition(String birth, long millis) {
    private static final int BIRTH = 10;
    private static final Pattern EPOCH = Pattern.compile("([0-9a-z]{" + BIRTH + "})([0-9]{13})");

    /** The contents of this position; empty where it is not the position of an empty topic. */
    static Optional<EmptyPosition> of(Position position) {
        Matcher parts = EPOCH.matcher(position.epoch());
        return position.offset() == 0 && parts.matches()
                ? Optional.of(new EmptyPosition(parts.group(1), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }

    static boolean isOne(Position position) {
        return of(position).isPresent();
    }

    /** Makes a birth from an epoch that was never used. */
    static String birth(String epoch) {
        String padded = "0".repeat(BIRTH) + epoch;
        return padded.substring(padded.length() - BIRTH);
    }

    Position position() {
        return new Position(birth + String.format(Locale.ROOT, "%013d", millis), 0);
    }

    /**
     * Whether a packet that a link brings follows the last delivered message, although the packet has another epoch. A
     * live link loses nothing, so an empty topic is followed by the first message of the state that begins with that
     * message.
     */
    static boolean continues(Position delivered, Packet packet) {
        return isOne(delivered) && packet.first().offset() == 1;
    }

    /**
     * Whether a topic that was empty is still empty, and was empty all the time between. Both positions are of one
     * topic.
     */
    static boolean continues(Position delivered, Position head) {
        Optional<EmptyPosition> before = of(delivered);
        Optional<EmptyPosition> now = of(head);
        return before.isPresent()
                && now.isPresent()
                && before.get().birth.equals(now.get().birth)
                && now.get().millis - before.get().millis < Retention.LEAST_STATE.toMillis();
    }
}
