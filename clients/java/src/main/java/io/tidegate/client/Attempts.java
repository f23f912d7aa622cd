package io.tidegate.client;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When the next connection is tried, be it after a failure or at the moment that a node gave. In the client's mailbox only. */
final class Attempts {
    /** A node closes a connection itself so long after the moment that it gave. */
    private static final Duration SLOT = Duration.ofSeconds(2);
    /** What is left of a slot must be longer than this for one more try within it to be worthwhile. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(100);

    private final Backoff backoff;
    private final Timers timers;
    private final RandomGenerator random;
    private final Mailbox core;

    private Timers.@Nullable Timer next;
    /** Counts what was scheduled, so that what is out of date is told from what is not. */
    private long tickets;

    /** Failures since every topic was subscribed. */
    private int failures;
    /** Failures of the second connection since the moment to go. */
    private int handOverFailures;

    Attempts(Backoff backoff, Timers timers, RandomGenerator random, Mailbox core) {
        this.backoff = backoff;
        this.timers = timers;
        this.random = random;
        this.core = core;
    }

    /** Everything is well: the backoff begins again. */
    void succeeded() {
        failures = 0;
    }

    /** Whether a try is scheduled. */
    boolean waits() {
        return next != null;
    }

    /** After a failure that leaves the client without a connection. */
    void retry(Duration atLeast, Runnable task) {
        schedule(atLeast.plus(backoff(failures++)), task);
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
     * @param moment that the node gave
     */
    void retryHandOver(long moment, Duration atLeast, Runnable task) {
        long rest = moment + SLOT.toNanos() - timers.nanoTime();
        if (rest <= 0) {
            retry(atLeast, task);
        } else if (rest < SHORTEST_REST.toNanos()) {
            schedule(atLeast.plus(backoff(0)), task);
        } else {
            Duration wait = backoff(handOverFailures++);
            boolean leavesRoom = wait.toNanos() <= rest / 2;
            Duration within = leavesRoom ? wait : Duration.ofNanos((long) (random.nextDouble() * rest / 2));
            schedule(atLeast.plus(within), task);
        }
    }

    void cancel() {
        tickets++;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** In place of what was scheduled before, even where its time has come and it waits in the mailbox. */
    private void schedule(Duration delay, Runnable task) {
        cancel();
        long ticket = tickets;
        next = timers.after(
                delay,
                () -> core.post(() -> {
                    if (ticket == tickets) {
                        next = null;
                        task.run();
                    }
                }));
    }

    Duration backoff(int after) {
        return backoff.before(after, random);
    }
}
