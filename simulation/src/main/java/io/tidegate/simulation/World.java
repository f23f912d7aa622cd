package io.tidegate.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Time and all events: one event after the other, on one thread. Two runs of one seed are the same, event by event. */
final class World {
    /** The maximum length of the text of an event. */
    private static final int LINE = 220;

    /** Bytes and pending results: their text has no information. */
    private static final Pattern NOISE =
            Pattern.compile("\\[B@[0-9a-f]+|, (?:done|ready|ended)=[^,\\]]*+(?:\\[[^]]*])?");

    /** An object without a name: its number differs between processes. */
    private static final Pattern IDENTITY = Pattern.compile("\\b[\\w.$]++(?:/0x[0-9a-f]++)?@[0-9a-f]{1,8}\\b");

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Map<String, Long> coverage = new TreeMap<>();
    private final List<String> trace = new ArrayList<>();
    private final boolean tracing;
    private final long seed;
    private long now;
    private long scheduled;
    private long events;
    private @Nullable String violation;

    World(long seed, boolean tracing) {
        this.seed = seed;
        this.tracing = tracing;
    }

    /** An event at a moment, unless it is cancelled before. */
    static final class Task implements Comparable<Task> {
        private final long at;
        private final long number;
        private final String label;
        private final Runnable action;
        private boolean cancelled;

        private Task(long at, long number, String label, Runnable action) {
            this.at = at;
            this.number = number;
            this.label = label;
            this.action = action;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Task other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    /** Each concern has a separate source, so that leaving one out does not change the numbers of the others. */
    Random random(String concern) {
        return new Random(seed * 0x9E3779B97F4A7C15L + concern.hashCode());
    }

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    /** The number of events so far. */
    long events() {
        return events;
    }

    /**
     * Schedules an event.
     *
     * @param label for the trace; empty for events that need no line
     */
    Task in(long nanos, String label, Runnable action) {
        Task task = new Task(now + Math.max(0, nanos), scheduled++, label, action);
        tasks.add(task);
        return task;
    }

    /** Runs all events up to a moment, or to the first violation. */
    void runUntil(long nanos) {
        Task task;
        while (violation == null && (task = tasks.peek()) != null && task.at <= nanos) {
            tasks.remove();
            if (task.cancelled) {
                continue;
            }
            now = task.at;
            events++;
            if (!task.label.isEmpty()) {
                trace(task.label);
            }
            try {
                task.action.run();
            } catch (RuntimeException | Error e) {
                violate("an exception left " + task.label + ": " + e + " at "
                        + List.of(e.getStackTrace()).subList(0, Math.min(6, e.getStackTrace().length)));
            }
        }
        now = Math.max(now, nanos);
    }

    /** Counts an event, so that an event that never happens in a simulation is noticed. */
    void cover(String what) {
        coverage.merge(what, 1L, Long::sum);
    }

    void cover(String what, long times) {
        coverage.merge(what, times, Long::sum);
    }

    Map<String, Long> coverage() {
        return coverage;
    }

    boolean tracing() {
        return tracing;
    }

    /** One line of the trace. */
    void trace(String line) {
        if (tracing) {
            String begin = line.length() > 3 * LINE ? line.substring(0, 3 * LINE) : line;
            String quiet = begin.contains("@") ? NOISE.matcher(begin).replaceAll("…") : begin;
            String clean = (quiet.contains("@") ? IDENTITY.matcher(quiet).replaceAll("…") : quiet).replace('\n', ' ');
            trace.add(
                    "%12.6f  %s".formatted(now / 1e9, clean.length() > LINE ? clean.substring(0, LINE) + "…" : clean));
        }
    }

    List<String> lines() {
        return trace;
    }

    /** A promise is broken; the first violation counts, and ends the run. */
    void violate(String what) {
        if (violation == null) {
            violation = what;
            trace("VIOLATION " + what);
        }
    }

    /** The first violation; null if there is none. */
    @Nullable
    String violation() {
        return violation;
    }
}
