package io.tidegate.client;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When the next connection is tried, be it after a failure or at the moment that a node gave. In the client's mailbox only. */
final class Attempts {
    /** A node closes a connection itself so long after the moment that it gave. */
    static final Duration SLOT = Duration.ofSeconds(2);
    /** What is left of a slot must be longer than this for one more try within it to be worthwhile. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(100);

    private final Backoff backoff;
    private final Timers timers;
    private final RandomGenerator random;
    private final Gate gate;
    private final Alarm alarm;

    /** Counts what was scheduled, so that what the gate lets pass too late is told from what it does not. */
    private long tickets;
    /** A try waits for its time, or at the gate. */
    private boolean waits;

    /** Failures since every topic was subscribed. */
    private int failures;
    /** Failures of the second connection since the moment to go. */
    private int handOverFailures;

    /** What a try must pass once its time has come. */
    @FunctionalInterface
    interface Gate {

        /** Runs the task now or later; one that comes before that takes its place. */
        void pass(Runnable task);
    }

    Attempts(Backoff backoff, Timers timers, RandomGenerator random, Mailbox core, Gate gate) {
        this.backoff = backoff;
        this.timers = timers;
        this.random = random;
        this.gate = gate;
        this.alarm = new Alarm(timers, core);
    }

    /** Everything is well: the backoff begins again. */
    void succeeded() {
        failures = 0;
    }

    /** Whether a try is scheduled. */
    boolean waits() {
        return waits;
    }

    /** In place of what was scheduled. */
    void now(Runnable task) {
        alarm.cancel();
        pass(task);
    }

    /** After a failure that leaves the client without a connection. */
    void retry(Retry when, Runnable task) {
        schedule(when.backsOff() ? when.pause().plus(backoff(failures++)) : when.pause(), task);
    }

    /** At the moment that a node gave, from which on the failures of the hand-over count. */
    void leaveAt(long moment, Runnable task) {
        handOverFailures = 0;
        schedule(Duration.ofNanos(Math.max(0, moment - timers.nanoTime())), task);
    }

    /**
     * After a failure of the second connection. The first one is closed at the end of its slot, so each wait leaves room in it
     * for one more try; how often servers have failed before does not matter here. Behind the slot it is a failure as any other.
     *
     * @param moment that the node of the first one gave; null where there is none
     */
    void retryHandOver(@Nullable Long moment, Retry when, Runnable task) {
        long rest = moment == null ? 0 : moment + SLOT.toNanos() - timers.nanoTime();
        if (rest <= 0 || !when.backsOff()) {
            retry(when, task);
        } else if (rest < SHORTEST_REST.toNanos()) {
            schedule(when.pause().plus(backoff(0)), task);
        } else {
            Duration wait = backoff(handOverFailures++);
            boolean leavesRoom = wait.toNanos() <= rest / 2;
            Duration within = leavesRoom ? wait : Duration.ofNanos((long) (random.nextDouble() * rest / 2));
            schedule(when.pause().plus(within), task);
        }
    }

    void cancel() {
        tickets++;
        waits = false;
        alarm.cancel();
    }

    /** In place of what was scheduled before, even where its time has come and it waits in the mailbox. */
    private void schedule(Duration delay, Runnable task) {
        tickets++;
        waits = true;
        alarm.set(delay, () -> pass(task));
    }

    private void pass(Runnable task) {
        waits = true;
        long ticket = ++tickets;
        gate.pass(() -> {
            if (ticket == tickets) {
                waits = false;
                task.run();
            }
        });
    }

    Duration backoff(int after) {
        return backoff.before(after, random);
    }
}
