package io.tidegate.relay;

import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How much a relay keeps of a topic, the same in this process and in Redis.
 *
 * @param size messages; 0: none
 * @param bytes of messages, each with {@link #OVERHEAD}; but for the last one, which is kept however large
 * @param ttl of the messages, from the last one on
 * @param ids at least so long the id of a message is known; where it is still in the history, it is known for longer
 * @param state of the count, from the last message on; the ids and the messages end earlier
 * @param empty how long a position of a topic without state counts; at most as long as a state lives, by whatever settings
 */
record Retention(int size, int bytes, Duration ttl, Duration ids, Duration state, Duration empty) {
    /** Of a message beside its payload, in memory and on the wire, about: so many tiny ones are not taken for nothing. */
    static final int OVERHEAD = 128;

    /** A topic's count outlives its messages: who was away while nothing was published has missed nothing. */
    static final Duration LEAST_STATE = Duration.ofDays(7);

    /** A publisher that was cut off repeats its message when it is back, however short the history is. */
    private static final Duration LEAST_IDS = Duration.ofMinutes(2);

    /** Bytes of one id, for the bound of a topic's ids: two generations together hold as much as the messages may. */
    private static final int ID_BYTES = 128;

    private static final int GENERATIONS = 2;

    private static final Duration BRIEF = Duration.ofSeconds(10);

    /** Of what a {@link Probe} writes: it goes by itself soon after the node has. */
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

    /** A generation of ids ends with no fewer: its messages are in the history no more when it is dropped. */
    int leastIds() {
        return size;
    }

    /** A generation ends with so many, however young it is. */
    int mostIds() {
        return Math.max(size, bytes / ID_BYTES / GENERATIONS);
    }

    /** An epoch that no topic ever had: up to 13 letters and digits. */
    static String newEpoch(RandomGenerator random) {
        return Long.toString(random.nextLong(Long.MAX_VALUE), Character.MAX_RADIX);
    }
}
