package io.tidegate.rehearsal.plot;

import java.util.List;

/**
 * One line of a plot.
 *
 * @param name in the legend
 * @param shape how its points are joined
 * @param points in the order of time
 */
public record Series(String name, Shape shape, List<Point> points) {

    public Series {
        points = List.copyOf(points);
    }

    /** A series that joins its points by lines. */
    public static Series line(String name, List<Point> points) {
        return new Series(name, Shape.LINE, points);
    }

    /** A series in which a value holds until the next one: for counts such as replicas. */
    public static Series steps(String name, List<Point> points) {
        return new Series(name, Shape.STEPS, points);
    }

    /** How points are joined. */
    public enum Shape {
        LINE,
        STEPS
    }

    /**
     * A value at a moment.
     *
     * @param at seconds since the plot's beginning
     * @param value in the plot's unit; NaN where there is none, which leaves a gap
     */
    public record Point(double at, double value) {}
}
