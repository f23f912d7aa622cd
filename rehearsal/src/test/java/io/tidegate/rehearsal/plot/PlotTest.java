package io.tidegate.rehearsal.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.rehearsal.plot.Series.Point;
import java.io.StringReader;
import java.util.List;
import java.util.stream.DoubleStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.InputSource;

class PlotTest {

    @ParameterizedTest
    @CsvSource({"0, 0.2", "3, 0.5", "60, 10", "10000, 2000", "0.004, 0.001"})
    void writtenValuesAreRound(double largest, double step) {
        Axis axis = Axis.of("x", DoubleStream.of(largest), 0, 100);
        assertEquals(step, axis.step(), 1e-9);
        assertTrue(axis.to() >= largest);
    }

    @Test
    void anAxisCarriesWhatIsBelowZeroToo() {
        Axis axis = Axis.of("x", DoubleStream.of(-30, 60), 0, 100);
        assertEquals(
                List.of("-40", "-20", "0", "20", "40", "60"),
                axis.ticks().mapToObj(axis::text).toList());
    }

    @Test
    void aLineGoesFromPointToPointAndAStepHolds() {
        List<Point> points = List.of(new Point(0, 0), new Point(10, 2));
        assertTrue(html(Series.line("a", points)).contains("d=\"M76.0 254.0L944.0 24.0\""));
        assertTrue(html(Series.steps("a", points)).contains("d=\"M76.0 254.0H944.0V24.0\""));
    }

    @Test
    void aMissingValueLeavesAGap() {
        String html = html(Series.line("a", List.of(new Point(0, 0), new Point(5, Double.NaN), new Point(10, 2))));
        assertTrue(html.contains("d=\"M76.0 254.0M944.0 24.0\""), html);
    }

    @Test
    void aPlotWithNothingInItIsStillAPlot() {
        assertFalse(Plot.of("empty", "unit", List.of()).html().contains("NaN"));
        assertFalse(html(Series.line("a", List.of())).contains("NaN"));
        assertFalse(html(Series.line("a", List.of(new Point(0, 0)))).contains("NaN"));
    }

    @Test
    void textIsTextWhateverIsInIt() throws Exception {
        String evil = "<script>\"'&";
        Page page = new Page(evil)
                .verdict(false, evil)
                .text(evil)
                .table(evil, List.of(evil), List.of(List.of(evil)))
                .plot(new Plot(
                        evil,
                        evil,
                        evil,
                        List.of(Series.line(evil, List.of(new Point(1, 1)))),
                        List.of(new Plot.Mark(1, evil))));
        assertFalse(page.html().contains("<script>"));
        assertEquals(evil, read(Plot.of(evil, "unit", List.of()).html()));
    }

    @Test
    void aPageAsksForNothingFromElsewhere() {
        String html = new Page("page").plot(Plot.of("plot", "unit", List.of())).html();
        assertFalse(html.contains("http") || html.contains("src=") || html.contains("@import"), html);
    }

    private static String html(Series series) {
        return Plot.of("plot", "unit", List.of(series)).html();
    }

    private static String read(String figure) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(figure)))
                .getElementsByTagName("figcaption")
                .item(0)
                .getTextContent();
    }
}
