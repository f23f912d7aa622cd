package io.tidegate.rehearsal.scale;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether the fleet behaved as it should. Calculated only from what was seen. Times are seconds of the scenario.
 *
 * @param lines each a claim and whether it holds
 */
record Verdict(List<Line> lines) {
    static final double EVEN = 0.25;
    private static final double EVEN_WITHIN = 60;
    private static final double LOOKS = 2;

    /**
     * One move is needed for each client of an old pod. Some move once more, because a proxy has led them to a pod that
     * was about to leave, or because pods even their connections out afterwards.
     */
    private static final double MOVES = 1.2;

    /** A claim with its figures. */
    record Line(boolean good, String text) {}

    /**
     * The parts of a rehearsal.
     *
     * @param surge from the first client of the surge until the rollout, or until the first client leaves
     * @param rollout between surge and ebb, if any
     * @param ebb from the first client that leaves to the end
     */
    record Phases(Phase surge, Optional<Rollout> rollout, Phase ebb) {}

    /** The results of the clients and of the pods. */
    record Tally(long lost, long duplicated, long reordered, int forced, List<String> failures) {}

    boolean isGood() {
        return lines.stream().allMatch(Line::good);
    }

    /**
     * Judges a rehearsal.
     *
     * @param peak pods that the surge needs
     */
    static Verdict of(List<Moment> moments, Phases phases, int peak, Tally tally) {
        Phase surge = phases.surge();
        List<Line> lines = new ArrayList<>();
        lines.add(line(tally.lost() == 0, "lost: %d messages", tally.lost()));
        lines.add(line(tally.duplicated() == 0, "duplicated: %d messages", tally.duplicated()));
        lines.add(line(tally.reordered() == 0, "out of order: %d messages", tally.reordered()));
        lines.add(line(tally.forced() == 0, "forced: %d connections cut by a drain", tally.forced()));
        List<Moment> high = moments.stream().filter(surge::contains).toList();
        List<Moment> low = moments.stream().filter(phases.ebb()::contains).toList();
        lines.add(timeToScale(high, surge, peak));
        int most = high.stream().mapToInt(Moment::desired).max().orElse(0);
        lines.add(line(most <= peak, "never more than the %d pods that are needed: at most %d", peak, most));
        List<Moment> replaced = phases.rollout().stream()
                .flatMap(rollout ->
                        moments.stream().filter(moment -> rollout.phase().contains(moment)))
                .toList();
        int swings = swings(high, false) + swings(replaced, false) + swings(replaced, true) + swings(low, true);
        lines.add(line(swings == 0, "oscillations: %d changes against the load", swings));
        lines.add(even(high, peak));
        phases.rollout().ifPresent(rollout -> lines.addAll(rollout(rollout)));
        int first = moments.isEmpty() ? 0 : moments.getFirst().desired();
        int last = moments.isEmpty() ? 0 : moments.getLast().desired();
        lines.add(line(last == first, "back to %d pods: %d in the end", first, last));
        tally.failures().forEach(failure -> lines.add(new Line(false, failure)));
        return new Verdict(List.copyOf(lines));
    }

    private static List<Line> rollout(Rollout rollout) {
        double seconds = rollout.phase().arrived() - rollout.phase().begin();
        return List.of(
                rollout.isComplete()
                        ? line(true, "rollout: all pods replaced after %.0f s", seconds)
                        : line(false, "rollout: not all pods replaced within %.0f s", seconds),
                line(
                        rollout.movesEach() <= MOVES,
                        "moves in the rollout: %.2f a client (at most %.1f)",
                        rollout.movesEach(),
                        MOVES));
    }

    private static Line timeToScale(List<Moment> high, Phase surge, int peak) {
        double limit = LOOKS * Scaling.SYNC.toSeconds();
        OptionalDouble decided = high.stream()
                .filter(moment -> moment.desired() == peak)
                .mapToDouble(Moment::at)
                .findFirst();
        if (decided.isEmpty()) {
            int most = high.stream().mapToInt(Moment::desired).max().orElse(0);
            return line(false, "time to scale: never %d pods, at most %d", peak, most);
        }
        double after = decided.getAsDouble() - surge.arrived();
        if (after <= 0) {
            return line(true, "time to scale: %d pods decided %.0f s before the last client had come", peak, -after);
        }
        return line(
                after <= limit,
                "time to scale: %d pods decided %.0f s after the last client had come (at most %.0f s, two looks of the HPA)",
                peak,
                after,
                limit);
    }

    /** The number of steps in the wrong direction. */
    private static int swings(List<Moment> moments, boolean growing) {
        int swings = 0;
        for (int i = 1; i < moments.size(); i++) {
            int step = moments.get(i).desired() - moments.get(i - 1).desired();
            swings += growing ? (step > 0 ? 1 : 0) : (step < 0 ? 1 : 0);
        }
        return swings;
    }

    /**
     * How long it takes, after the last pod is ready, until all pods are near the mean and stay there until the clients
     * leave.
     */
    private static Line even(List<Moment> high, int peak) {
        List<Moment> complete =
                high.stream().dropWhile(moment -> moment.pods().ready() < peak).toList();
        if (complete.isEmpty()) {
            return line(false, "even: there were never %d ready pods", peak);
        }
        double since = complete.getFirst().at();
        double uneven = complete.stream()
                .filter(moment -> !moment.isEven(EVEN))
                .mapToDouble(Moment::at)
                .max()
                .orElse(since);
        boolean inTheEnd = complete.getLast().isEven(EVEN);
        if (!inTheEnd) {
            return line(
                    false,
                    "even: never within 25 %% of the mean; the busiest pod held %d connections in the end",
                    complete.getLast().busiest());
        }
        return line(
                uneven - since <= EVEN_WITHIN,
                "even: every pod within 25 %% of the mean %.0f s after the last pod was ready (at most %.0f s)",
                uneven - since,
                EVEN_WITHIN);
    }

    @FormatMethod
    private static Line line(boolean good, String format, Object... values) {
        return new Line(good, String.format(Locale.ROOT, format, values));
    }
}
