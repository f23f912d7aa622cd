package io.tidegate.rehearsal.plot;

import static io.tidegate.rehearsal.plot.Markup.escape;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Values over time.
 *
 * @param title of the plot
 * @param time label of the horizontal axis, with its unit: {@code time in s}
 * @param unit label of the vertical axis: {@code messages/s}
 * @param series the lines, which differ in colour and dashes
 * @param marks moments at which something happened
 */
public record Plot(String title, String time, String unit, List<Series> series, List<Mark> marks) {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 300;
    private static final int LEFT = 76;
    private static final int RIGHT = 16;
    private static final int TOP = 24;
    private static final int BOTTOM = 46;
    private static final int COLOURS = 8;
    private static final double MARK_ROW = 13;

    public Plot {
        series = List.copyOf(series);
        marks = List.copyOf(marks);
    }

    /** A plot over seconds, without marks. */
    public static Plot of(String title, String unit, List<Series> series) {
        return new Plot(title, "time in s", unit, series, List.of());
    }

    public Plot with(List<Mark> marks) {
        return new Plot(title, time, unit, series, marks);
    }

    /**
     * A vertical line with a few words.
     *
     * @param at seconds since the plot's beginning
     */
    public record Mark(double at, String label) {}

    /** A {@code figure} with title, legend and picture. */
    String html() {
        return "<figure>\n<figcaption>" + escape(title) + "</figcaption>\n" + legend() + svg() + "</figure>\n";
    }

    private String legend() {
        return IntStream.range(0, series.size())
                .mapToObj(i -> "<span class=\"key\"><svg width=\"26\" height=\"10\" aria-hidden=\"true\"><path class=\""
                        + style(i) + "\" d=\"M0 5H26\"/></svg> "
                        + escape(series.get(i).name()) + "</span>\n")
                .collect(Collectors.joining("", "<p class=\"legend\">\n", "</p>\n"));
    }

    private String svg() {
        List<Series.Point> points =
                series.stream().flatMap(one -> one.points().stream()).toList();
        double last = points.stream().mapToDouble(Series.Point::at).max().orElse(0);
        Axis x = Axis.of(time, points.stream().mapToDouble(Series.Point::at), LEFT, WIDTH - RIGHT)
                .endingAt(last);
        Axis y = Axis.of(unit, points.stream().mapToDouble(Series.Point::value), HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder();
        svg.append(
                format("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH, HEIGHT, escape(title)));
        grid(svg, x, y);
        marks(svg, x);
        for (int i = 0; i < series.size(); i++) {
            svg.append("<path class=\"")
                    .append(style(i))
                    .append("\" d=\"")
                    .append(path(series.get(i), x, y))
                    .append("\"/>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private static void grid(StringBuilder svg, Axis x, Axis y) {
        y.ticks().forEach(tick -> {
            double at = y.pixel(tick);
            svg.append(format("<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n", LEFT, at, WIDTH - RIGHT));
            svg.append(format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 8, at + 4))
                    .append(y.text(tick))
                    .append("</text>\n");
        });
        x.ticks().forEach(tick -> {
            double at = x.pixel(tick);
            svg.append(format("<path class=\"grid\" d=\"M%.1f %dv5\"/>\n", at, HEIGHT - BOTTOM));
            svg.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", at, HEIGHT - BOTTOM + 18))
                    .append(x.text(tick))
                    .append("</text>\n");
        });
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        svg.append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8))
                .append(escape(x.label()))
                .append("</text>\n");
        svg.append(format("<text transform=\"translate(14 %.1f) rotate(-90)\" text-anchor=\"middle\">", middle))
                .append(escape(y.label()))
                .append("</text>\n");
    }

    /** Labels alternate between two rows, because neighbours are often close. */
    private void marks(StringBuilder svg, Axis x) {
        for (int i = 0; i < marks.size(); i++) {
            Mark mark = marks.get(i);
            double at = x.pixel(mark.at());
            boolean late = at > WIDTH * 0.8;
            svg.append(format("<path class=\"mark\" d=\"M%.1f %dV%d\"/>\n", at, TOP - 12, HEIGHT - BOTTOM));
            svg.append(format(
                            "<text class=\"mark\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
                            at + (late ? -4 : 4), TOP - 4 + i % 2 * MARK_ROW, late ? "end" : "start"))
                    .append(escape(mark.label()))
                    .append("</text>\n");
        }
    }

    private static String path(Series line, Axis x, Axis y) {
        StringBuilder path = new StringBuilder();
        boolean begun = false;
        for (Series.Point point : line.points()) {
            if (!Double.isFinite(point.value())) {
                begun = false;
                continue;
            }
            double across = x.pixel(point.at());
            double up = y.pixel(point.value());
            if (!begun) {
                path.append(format("M%.1f %.1f", across, up));
            } else if (line.shape() == Series.Shape.STEPS) {
                path.append(format("H%.1fV%.1f", across, up));
            } else {
                path.append(format("L%.1f %.1f", across, up));
            }
            begun = true;
        }
        return path.toString();
    }

    private static String style(int index) {
        return "line c" + index % COLOURS + " d" + index / COLOURS % 3;
    }

    @FormatMethod
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
