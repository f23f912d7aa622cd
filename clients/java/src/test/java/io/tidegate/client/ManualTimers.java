package io.tidegate.client;

import java.time.Duration;
import java.util.Comparator;
import java.util.TreeSet;

/** Time that passes only where a test lets it, and runs on the test's thread what is due. */
final class ManualTimers implements Timers {
    private final TreeSet<Task> tasks =
            new TreeSet<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private long now;
    private long numbers;

    private record Task(long at, long number, Runnable run) {}

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Timer after(Duration delay, Runnable run) {
        return at(now + Math.max(0, delay.toNanos()), run);
    }

    /** Runs a task at that time, behind those of the same time that were there before. */
    Timer at(long nanoTime, Runnable run) {
        Task task = new Task(nanoTime, numbers++, run);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    void advance(Duration time) {
        long end = now + time.toNanos();
        while (!tasks.isEmpty() && tasks.first().at() <= end) {
            Task task = tasks.removeFirst();
            now = task.at();
            task.run().run();
        }
        now = end;
    }

    /** As {@link #advance}, and calls {@code alive} every half a second. */
    void advanceAlive(Duration time, Runnable alive) {
        Duration step = Duration.ofMillis(500);
        Duration rest = time;
        for (; rest.compareTo(step) > 0; rest = rest.minus(step)) {
            advance(step);
            alive.run();
        }
        advance(rest);
        alive.run();
    }

    /** How many tasks wait. */
    int waiting() {
        return tasks.size();
    }
}
