package io.tidegate.rehearsal.load;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number of connections over time.
 *
 * @param steps in the order of time
 */
record LoadProfile(List<Step> steps) {
    private static final Pattern STEP = Pattern.compile("([^:@]+):(\\d{1,7})(?:@(\\d{1,7}(?:\\.\\d+)?)/s)?");
    private static final String ALLOWED =
            "allowed are steps TIME:CONNECTIONS, with @RATE/s where they are to come or go slower, such as "
                    + "0s:100,30s:10000@500/s,60s:100";

    /**
     * From this moment on there should be this many connections.
     *
     * @param at since the beginning
     * @param perSecond how many connections are opened or closed a second until then
     */
    record Step(Duration at, int connections, double perSecond) {}

    LoadProfile {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("no step; " + ALLOWED);
        }
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i).at().compareTo(steps.get(i - 1).at()) <= 0) {
                throw new IllegalArgumentException("a step at " + seconds(steps.get(i)) + " behind one at "
                        + seconds(steps.get(i - 1)) + "; " + ALLOWED + ", in the order of time");
            }
        }
    }

    /** The same number from the beginning to the end. */
    static LoadProfile of(int connections, double perSecond) {
        return new LoadProfile(List.of(new Step(Duration.ZERO, connections, perSecond)));
    }

    /**
     * Reads {@code 0s:100,30s:10000@500/s,60s:100}.
     *
     * @param perSecond the rate of steps that name none
     * @throws IllegalArgumentException with a message that says what is allowed
     */
    static LoadProfile parse(String text, double perSecond) {
        List<Step> steps = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher step = STEP.matcher(part.trim());
            if (!step.matches()) {
                throw new IllegalArgumentException("'" + part.trim() + "'; " + ALLOWED);
            }
            double rate = step.group(3) == null ? perSecond : Double.parseDouble(step.group(3));
            if (rate <= 0) {
                throw new IllegalArgumentException("'" + part.trim() + "' has a rate of 0; " + ALLOWED);
            }
            steps.add(new Step(time(step.group(1)), Integer.parseInt(step.group(2)), rate));
        }
        return new LoadProfile(steps);
    }

    /** The largest number of connections. */
    int peak() {
        return steps.stream().mapToInt(Step::connections).max().orElseThrow();
    }

    private static Duration time(String text) {
        try {
            Duration time = Duration.parse("PT" + text.trim().toUpperCase(Locale.ROOT));
            if (!time.isNegative()) {
                return time;
            }
        } catch (DateTimeParseException e) {
            // Reported below, like a time before the beginning.
        }
        throw new IllegalArgumentException("'" + text.trim() + "' is no time; " + ALLOWED);
    }

    private static String seconds(Step step) {
        return step.at().toSeconds() + "s";
    }
}
