package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.plot.Page;
import io.tidegate.rehearsal.plot.Plot;
import io.tidegate.rehearsal.plot.Series;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The page of a rehearsal. All times are times of the scenario. */
final class RehearsalPage {
    private static final String TIME = "time of the scenario in s";

    /** The seconds of the scenario over which a rate is calculated, as between two scrapes. */
    private static final double BIN = 15;

    private final Outcome outcome;
    private final List<Moment> moments;

    private RehearsalPage(Outcome outcome) {
        this.outcome = outcome;
        this.moments = outcome.moments();
    }

    /** The page of a run. */
    static Page of(Outcome outcome) {
        return new RehearsalPage(outcome).page();
    }

    private Page page() {
        RehearsalPlan plan = outcome.plan();
        int first = moments.getFirst().desired();
        int most = moments.stream().mapToInt(Moment::desired).max().orElse(0);
        Page page = new Page(String.format(
                Locale.ROOT,
                "Scaling rehearsal: %d → %d → %d pods, %,d → %,d → %,d clients",
                first,
                most,
                moments.getLast().desired(),
                plan.load().base(),
                plan.load().peak(),
                plan.load().base()));
        outcome.verdict().lines().forEach(line -> page.verdict(line.good(), line.text()));
        outcome.notes().forEach(page::text);
        return page.plot(replicas())
                .plot(connections())
                .plot(clients())
                .plot(messages())
                .plot(reconnects());
    }

    private Plot replicas() {
        return plot(
                "Replicas: wanted by the metrics, decided by the HPA, ready",
                "pods",
                List.of(
                        steps("wanted by the metrics", Moment::wanted),
                        steps("decided by the HPA", Moment::desired),
                        steps("ready", moment -> moment.pods().ready()),
                        steps("draining", moment -> moment.pods().leaving())));
    }

    private Plot connections() {
        Set<String> pods = new LinkedHashSet<>();
        moments.forEach(moment -> pods.addAll(moment.load().keySet()));
        return plot(
                "Connections of each pod",
                "connections",
                pods.stream()
                        .map(pod -> Series.line(
                                pod,
                                points(moment -> moment.load().containsKey(pod)
                                        ? moment.load().get(pod).connections()
                                        : Double.NaN)))
                        .toList());
    }

    private Plot clients() {
        return plot(
                "Clients",
                "clients",
                List.of(
                        Series.line("served", points(moment -> moment.clients().live())),
                        steps("to be served", moment -> moment.clients().target())));
    }

    private Plot messages() {
        double real = outcome.plan().speed().factor();
        return plot(
                "Messages published",
                "messages a real second",
                List.of(Series.line(
                        "by all clients", rate(moment -> moment.clients().published(), real))));
    }

    private Plot reconnects() {
        return plot(
                "Reconnects, hand-overs included",
                "reconnects/s",
                List.of(Series.line(
                        "of all clients", rate(moment -> moment.clients().reconnects(), 1))));
    }

    private Plot plot(String title, String unit, List<Series> series) {
        Phase surge = outcome.phases().surge();
        Phase ebb = outcome.phases().ebb();
        List<Plot.Mark> marks = new ArrayList<>();
        marks.add(new Plot.Mark(surge.begin(), "clients come"));
        marks.add(new Plot.Mark(surge.arrived(), "all there"));
        outcome.phases().rollout().map(Rollout::phase).ifPresent(rollout -> {
            marks.add(new Plot.Mark(rollout.begin(), "rollout"));
            marks.add(new Plot.Mark(rollout.arrived(), "all replaced"));
        });
        marks.add(new Plot.Mark(ebb.begin(), "clients go"));
        marks.add(new Plot.Mark(ebb.arrived(), "all gone"));
        return new Plot(title, TIME, unit, series, marks);
    }

    private Series steps(String name, ToDoubleFunction<Moment> value) {
        return Series.steps(name, points(value));
    }

    private List<Series.Point> points(ToDoubleFunction<Moment> value) {
        return moments.stream()
                .map(moment -> new Series.Point(moment.at(), value.applyAsDouble(moment)))
                .toList();
    }

    /** The growth of a count a second. */
    private List<Series.Point> rate(ToDoubleFunction<Moment> count, double times) {
        List<Series.Point> points = new ArrayList<>();
        Moment from = moments.getFirst();
        for (Moment to : moments) {
            double seconds = to.at() - from.at();
            if (seconds >= BIN) {
                double growth = count.applyAsDouble(to) - count.applyAsDouble(from);
                points.add(new Series.Point(to.at(), growth / seconds * times));
                from = to;
            }
        }
        return points;
    }
}
