package io.tidegate.relay;

import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How much a relay remembers of a topic, beside its messages. */
final class Retention {
    /** A topic's count outlives its messages: who was away while nothing was published has missed nothing. */
    static final Duration POSITION = Duration.ofDays(7);

    private static final int IDS_PER_MESSAGE = 10;
    private static final int LEAST_IDS = 10_000;

    private Retention() {}

    /**
     * Ids of messages that are remembered, at least, and at most twice as many. More than messages: a publisher that was
     * cut off repeats its message when others have published for a while.
     */
    static int ids(Settings.History history) {
        return Math.max(LEAST_IDS, IDS_PER_MESSAGE * history.size());
    }

    /** An epoch that no topic ever had. */
    static String newEpoch() {
        return Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), Character.MAX_RADIX);
    }
}
