package io.tidegate.rehearsal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.errorprone.annotations.FormatMethod;
import io.tidegate.rehearsal.check.Defect;
import io.tidegate.rehearsal.load.Latencies;
import io.tidegate.rehearsal.load.LoadResult;
import io.tidegate.rehearsal.load.Percentiles;
import io.tidegate.rehearsal.load.Sample;
import io.tidegate.rehearsal.load.Snapshot;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The result of a load, for a human and for a program. */
final class LoadText {
    private static final int DEFECTS_SHOWN = 20;

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
        result.report().defects().stream()
                .limit(DEFECTS_SHOWN)
                .forEach(defect -> text.append(defect).append('\n'));
        text.append(result.isGood() ? "PASSED: " : "FAILED: ").append(String.join("; ", result.verdict()));
        return text.toString();
    }

    static String json(LoadResult result) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("good", result.isGood());
            json.writeArrayFieldStart("verdict");
            for (String line : result.verdict()) {
                json.writeString(line);
            }
            json.writeEndArray();
            for (Defect.Kind kind : Defect.Kind.values()) {
                json.writeNumberField(
                        kind.name().toLowerCase(Locale.ROOT), result.report().count(kind));
            }
            json.writeNumberField("overtaken", result.report().overtaken());
            json.writeNumberField("seconds", result.seconds());
            write(json, result.last());
            json.writeObjectFieldStart("latencyMs");
            write(json, "delivery", result.latencies().delivery());
            write(json, "acknowledgement", result.latencies().acknowledgement());
            write(json, "connect", result.latencies().connect());
            write(json, "outage", result.latencies().outage());
            json.writeEndObject();
            json.writeArrayFieldStart("defects");
            for (Defect defect :
                    result.report().defects().stream().limit(DEFECTS_SHOWN).toList()) {
                json.writeString(defect.toString());
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Snapshot last) throws IOException {
        json.writeObjectFieldStart("connections");
        json.writeNumberField("target", last.connections().target());
        json.writeNumberField("live", last.connections().live());
        json.writeNumberField("reconnects", last.connections().reconnects());
        json.writeNumberField("handovers", last.connections().handovers());
        json.writeObjectFieldStart("closes");
        for (Map.Entry<Integer, Long> close : last.closes().entrySet()) {
            json.writeNumberField(close.getKey().toString(), close.getValue());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("nodes");
        for (Map.Entry<String, Integer> node : last.nodes().entrySet()) {
            json.writeNumberField(node.getKey(), node.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeObjectFieldStart("messages");
        json.writeNumberField("published", last.messages().published());
        json.writeNumberField("acknowledged", last.messages().acknowledged());
        json.writeNumberField("received", last.messages().received());
        json.writeNumberField("gaps", last.messages().gaps());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Percentiles of) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", of.count());
        if (of.count() > 0) {
            json.writeNumberField("p50", of.p50());
            json.writeNumberField("p90", of.p90());
            json.writeNumberField("p99", of.p99());
            json.writeNumberField("p999", of.p999());
            json.writeNumberField("max", of.max());
        }
        json.writeEndObject();
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
