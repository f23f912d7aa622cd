package io.tidegate.relay;

import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How much a relay keeps of a topic. The limits are the same in this process and in Redis.
 *
 * @param size the largest number of messages; 0 means none
 * @param bytes the largest number of bytes of the messages, each counted with {@link #OVERHEAD}. The last message is
 *     kept even where it is larger
 * @param ttl how long the messages are kept, from the last message on
 * @param ids for at least this time the id of a message is known. If the message is in the history longer, its id is
 *     known longer, too
 * @param state how long the count is kept, from the last message on; the ids and the messages end earlier
 * @param empty how long a position of a topic without state is valid; never longer than a state lives, whatever the
 *     settings are
 */
record Retention(int size, int bytes, Duration ttl, Duration ids, Duration state, Duration empty) {
    /**
     * The bytes of a message besides its payload, in memory and on the wire, about. They are counted so that many tiny
     * messages are not free.
     */
    static final int OVERHEAD = 128;

    /**
     * The shortest lifetime of a count. A count outlives its messages, so a client that was away while no message was
     * published has missed nothing.
     */
    static final Duration LEAST_STATE = Duration.ofDays(7);

    /**
     * The shortest lifetime of ids. A publisher that was cut off sends its message again when it is back, however short
     * the history is.
     */
    private static final Duration LEAST_IDS = Duration.ofMinutes(2);

    /**
     * The bytes of one id, for the limit of a topic's ids: two generations together hold as many bytes as the messages.
     */
    private static final int ID_BYTES = 128;

    private static final int GENERATIONS = 2;

    private static final Duration BRIEF = Duration.ofSeconds(10);

    /** The retention of a {@link Probe}: what it writes expires soon after the node has ended. */
    Retention brief() {
        return new Retention(1, bytes, BRIEF, BRIEF, BRIEF, BRIEF);
    }

    static Retention of(Settings.History settings) {
        Duration ttl = settings.ttl();
        return new Retention(
                settings.size(),
                settings.topic(),
                ttl,
                longer(ttl, LEAST_IDS),
                longer(ttl.multipliedBy(2), LEAST_STATE),
                LEAST_STATE);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /**
     * A generation of ids ends with no fewer ids than this. So when a generation is dropped, its messages are no longer
     * in the history.
     */
    int leastIds() {
        return size;
    }

    /** A generation ends with this number of ids, however young it is. */
    int mostIds() {
        return Math.max(size, bytes / ID_BYTES / GENERATIONS);
    }

    /** An epoch that no topic had before: up to 13 letters and digits. */
    static String newEpoch(RandomGenerator random) {
        return Long.toString(random.nextLong(Long.MAX_VALUE), Character.MAX_RADIX);
    }
}
