package io.tidegate.rehearsal.scale;

import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much faster than the scenario the rehearsal runs.
 *
 * @param factor scenario time over real time; 1 or more
 */
record Speed(double factor) {
    private static final String DURATION = "(?:\\d+(?:ms|[smhdwy]))+";
    private static final Pattern RANGE =
            Pattern.compile("\\[(" + DURATION + ")(?::(" + DURATION + ")?)?]|\\boffset\\s+(" + DURATION + ")");
    private static final Pattern PART = Pattern.compile("(\\d+)(ms|[smhdwy])");

    /** The real time of a scenario time. */
    Duration real(Duration scenario) {
        return Duration.ofNanos((long) (scenario.toNanos() / factor));
    }

    /** The scenario time of a real time. */
    Duration scenario(Duration real) {
        return Duration.ofNanos((long) (real.toNanos() * factor));
    }

    /** A query with the durations of its ranges, steps and offsets divided. */
    String query(String promql) {
        return RANGE.matcher(promql).replaceAll(this::shorter);
    }

    private String shorter(MatchResult found) {
        Matcher durations = Pattern.compile(DURATION).matcher(found.group());
        return Matcher.quoteReplacement(durations.replaceAll(each -> divided(each.group())));
    }

    private String divided(String duration) {
        return Math.max(1, Math.round(duration(duration).toMillis() / factor)) + "ms";
    }

    /** Reads a duration in the form of PromQL and the chart's values, {@code 1m30s}, or in ISO-8601. */
    static Duration duration(String written) {
        if (written.startsWith("P")) {
            return Duration.parse(written);
        }
        return Duration.ofMillis(PART.matcher(written)
                .results()
                .mapToLong(part -> Long.parseLong(part.group(1)) * millis(part.group(2)))
                .sum());
    }

    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            case "w" -> 7 * 86_400_000L;
            case "y" -> 365 * 86_400_000L;
            case String other -> throw new IllegalArgumentException(other);
        };
    }
}
