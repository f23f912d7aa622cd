package io.tidegate.rehearsal.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import io.tidegate.check.Defect;
import io.tidegate.workload.Latencies;
import io.tidegate.workload.Percentiles;
import io.tidegate.workload.Sample;
import io.tidegate.workload.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The result of a load, for a human and for a program. */
final class LoadText {
    private static final int DEFECTS_SHOWN = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private LoadText() {}

    /** The present state, in one line. */
    static String progress(Sample sample) {
        Snapshot.Connections connections = sample.snapshot().connections();
        Snapshot.Messages messages = sample.snapshot().messages();
        return format(
                "%4.0f s  %d/%d live  %d published  %d received  p99 %s%s%s",
                sample.at(),
                connections.live(),
                connections.target(),
                messages.published(),
                messages.received(),
                millis(sample.latencies().delivery().p99()),
                ifAny("  %d reconnects", connections.reconnects()),
                ifAny("  %d gaps", messages.gaps()));
    }

    /** The rows of the table of figures. */
    static List<List<String>> figures(LoadResult result) {
        Snapshot.Connections connections = result.last().connections();
        Snapshot.Messages messages = result.last().messages();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("time", format("%.1f s", result.seconds())));
        rows.add(List.of("connections", format("%,d live of %,d", connections.live(), connections.target())));
        rows.add(List.of(
                "reconnects",
                format("%,d, %,d of them handed over", connections.reconnects(), connections.handovers())));
        rows.add(List.of("closed by code", codes(result.last().closes())));
        rows.add(List.of("connections by node", counts(result.last().nodes())));
        rows.add(List.of(
                "messages",
                format(
                        "%,d published, %,d acknowledged, %,d received",
                        messages.published(), messages.acknowledged(), messages.received())));
        return rows;
    }

    static final List<String> LATENCY_HEADER = List.of("latency", "count", "p50", "p90", "p99", "p99.9", "max");

    static List<List<String>> latencies(Latencies latencies) {
        return List.of(
                row("delivery", latencies.delivery()),
                row("acknowledgement", latencies.acknowledgement()),
                row("connect", latencies.connect()),
                row("outage", latencies.outage()));
    }

    private static List<String> row(String name, Percentiles of) {
        return List.of(
                name,
                format("%,d", of.count()),
                millis(of.p50()),
                millis(of.p90()),
                millis(of.p99()),
                millis(of.p999()),
                millis(of.max()));
    }

    /** Verdict, figures and latencies in aligned columns. */
    static String summary(LoadResult result) {
        StringBuilder text = new StringBuilder();
        figures(result).forEach(row -> text.append(format("%-20s %s%n", row.getFirst(), row.getLast())));
        text.append('\n');
        List<List<String>> rows = new ArrayList<>(List.of(LATENCY_HEADER));
        rows.addAll(latencies(result.latencies()));
        rows.forEach(row -> text.append(format("%-16s", row.getFirst()))
                .append(row.stream().skip(1).map(cell -> format("%10s", cell)).collect(Collectors.joining()))
                .append('\n'));
        text.append('\n');
        defects(result).forEach(defect -> text.append(defect).append('\n'));
        text.append(result.isGood() ? "PASSED: " : "FAILED: ").append(String.join("; ", result.verdict()));
        return text.toString();
    }

    static String json(LoadResult result) {
        Snapshot last = result.last();
        ObjectNode all = JSON.createObjectNode();
        all.put("good", result.isGood()).putPOJO("verdict", result.verdict());
        for (Defect.Kind kind : Defect.Kind.values()) {
            all.put(kind.name().toLowerCase(Locale.ROOT), result.report().count(kind));
        }
        all.put("overtaken", result.report().overtaken()).put("seconds", result.seconds());
        ObjectNode connections = JSON.valueToTree(last.connections());
        all.set("connections", connections.putPOJO("closes", last.closes()).putPOJO("nodes", last.nodes()));
        all.putPOJO("messages", last.messages());
        all.putObject("latencyMs")
                .putPOJO("delivery", measured(result.latencies().delivery()))
                .putPOJO("acknowledgement", measured(result.latencies().acknowledgement()))
                .putPOJO("connect", measured(result.latencies().connect()))
                .putPOJO("outage", measured(result.latencies().outage()));
        all.putPOJO("defects", defects(result).toList());
        return all.toPrettyString();
    }

    private static Object measured(Percentiles of) {
        return of.count() == 0 ? Map.of("count", 0) : of;
    }

    private static Stream<String> defects(LoadResult result) {
        return result.report().defects().stream().limit(DEFECTS_SHOWN).map(Defect::toString);
    }

    private static String codes(Map<Integer, Long> closes) {
        return closes.isEmpty()
                ? "none"
                : closes.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(close -> close.getKey() + ": " + close.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String counts(Map<String, Integer> nodes) {
        return nodes.isEmpty()
                ? "not told on these wires"
                : nodes.entrySet().stream()
                        .map(node -> node.getKey() + ": " + node.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String millis(double millis) {
        return Double.isNaN(millis) ? "-" : format(millis < 10 ? "%,.1f ms" : "%,.0f ms", millis);
    }

    /** Leaves out a count of 0, so that the line of a run without trouble fits into 80 columns. */
    @FormatMethod
    private static String ifAny(String format, long count) {
        return count == 0 ? "" : String.format(Locale.ROOT, format, count);
    }

    @FormatMethod
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
