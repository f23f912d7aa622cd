package io.tidegate.settings;

import java.time.Duration;

/** Durations as settings have them, for lines and messages. */
public final class Durations {
    private Durations() {}

    /** In the largest unit that divides it: {@code 250ms}, {@code 90s}, {@code 2h}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        return millis > 0 && millis % 3_600_000 == 0 ? millis / 3_600_000 + "h" : millis / 1000 + "s";
    }
}
