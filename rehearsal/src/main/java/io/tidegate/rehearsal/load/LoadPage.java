package io.tidegate.rehearsal.load;

import io.tidegate.rehearsal.plot.Page;
import io.tidegate.rehearsal.plot.Plot;
import io.tidegate.rehearsal.plot.Series;
import io.tidegate.workload.Percentiles;
import io.tidegate.workload.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The page of a load, with plots. */
final class LoadPage {
    private final LoadResult result;
    private final List<Plot.Mark> marks;

    private LoadPage(LoadPlan plan, LoadResult result) {
        this.result = result;
        this.marks = plan.loadProfile().steps().stream()
                .skip(1)
                .map(step -> new Plot.Mark(step.at().toMillis() / 1e3, label(step)))
                .toList();
    }

    private static String label(LoadProfile.Step step) {
        return "to " + step.connections();
    }

    static Page of(LoadPlan plan, LoadResult result) {
        return new LoadPage(plan, result)
                .draw(new Page(String.format(
                        "Load: %,d connections, %s", plan.loadProfile().peak(), rate(plan))));
    }

    private static String rate(LoadPlan plan) {
        return String.format(
                "%,.0f messages/s of %,d bytes", plan.rate(), plan.profile().size());
    }

    private Page draw(Page page) {
        result.verdict().forEach(line -> page.verdict(result.isGood(), line));
        page.table("Figures", List.of("what", "how much"), LoadText.figures(result));
        page.table("Latencies", LoadText.LATENCY_HEADER, LoadText.latencies(result.latencies()));
        plot(
                page,
                "Connections",
                "connections",
                values("live", sample -> sample.snapshot().connections().live()),
                values("wanted", sample -> sample.snapshot().connections().target()));
        plot(
                page,
                "Messages",
                "messages/s",
                rates("published", sample -> sample.snapshot().messages().published()),
                rates("received", sample -> sample.snapshot().messages().received()));
        plot(
                page,
                "Delivery, from when a message was due to its reception",
                "ms",
                percentiles(sample -> sample.latencies().delivery()));
        plot(
                page,
                "Acknowledgement, from when a message was due",
                "ms",
                percentiles(sample -> sample.latencies().acknowledgement()));
        plot(
                page,
                "Reconnects",
                "reconnects/s",
                rates("all", sample -> sample.snapshot().connections().reconnects()),
                rates("handed over", sample -> sample.snapshot().connections().handovers()));
        return page;
    }

    private void plot(Page page, String title, String unit, Series... series) {
        page.plot(Plot.of(title, unit, List.of(series)).with(marks));
    }

    private Series values(String name, ToDoubleFunction<Sample> value) {
        return Series.line(
                name,
                result.samples().stream()
                        .map(sample -> new Series.Point(sample.at(), value.applyAsDouble(sample)))
                        .toList());
    }

    /** The growth of a count, a second. */
    private Series rates(String name, ToDoubleFunction<Sample> total) {
        List<Series.Point> points = new ArrayList<>();
        double at = 0;
        double before = 0;
        for (Sample sample : result.samples()) {
            double now = total.applyAsDouble(sample);
            points.add(new Series.Point(sample.at(), (now - before) / Math.max(sample.at() - at, 1e-3)));
            at = sample.at();
            before = now;
        }
        return Series.line(name, points);
    }

    private Series[] percentiles(Function<Sample, Percentiles> of) {
        List<ToDoubleFunction<Percentiles>> which = List.of(Percentiles::p50, Percentiles::p99, Percentiles::max);
        List<String> names = List.of("p50", "p99", "max");
        return IntStream.range(0, which.size())
                .mapToObj(i -> values(names.get(i), sample -> which.get(i).applyAsDouble(of.apply(sample))))
                .toArray(Series[]::new);
    }
}
