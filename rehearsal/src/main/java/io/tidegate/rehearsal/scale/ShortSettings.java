package io.tidegate.rehearsal.scale;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The servers' settings at a speed: those of the rendered chart, with shorter waits for what the fleet does together. */
final class ShortSettings {
    /** The time that a client takes to connect to another server, which does not depend on the speed. */
    private static final Duration HAND_OVER = Duration.ofSeconds(8);

    private static final String REBALANCE = "tidegate.rebalance.";

    private ShortSettings() {}

    static Map<String, String> of(Map<String, String> rendered, Speed speed, boolean rebalances) {
        Map<String, String> settings = new LinkedHashMap<>(rendered);
        Duration notice = atLeast(speed.real(duration(rendered, "tidegate.drain.notice", "5s")), 250);
        Duration window = atLeast(speed.real(duration(rendered, "tidegate.drain.window", "20s")), 1_000);
        settings.put("tidegate.drain.notice", millis(notice));
        settings.put("tidegate.drain.window", millis(window));
        settings.put("tidegate.drain.timeout", millis(notice.plus(window).plus(HAND_OVER)));
        settings.put(REBALANCE + "enabled", String.valueOf(rebalances));
        double share = Double.parseDouble(rendered.getOrDefault(REBALANCE + "share", "0.05"));
        settings.put(REBALANCE + "share", String.format(Locale.ROOT, "%.3f", Math.min(1, share * speed.factor())));
        settings.put(
                REBALANCE + "interval",
                millis(atLeast(speed.real(duration(rendered, REBALANCE + "interval", "2s")), 100)));
        return settings;
    }

    private static Duration duration(Map<String, String> rendered, String key, String otherwise) {
        return Speed.duration(rendered.getOrDefault(key, otherwise));
    }

    private static Duration atLeast(Duration duration, long millis) {
        return Duration.ofMillis(Math.max(millis, duration.toMillis()));
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
