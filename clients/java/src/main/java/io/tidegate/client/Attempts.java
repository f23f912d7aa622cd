package io.tidegate.client;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the next connection is tried: after a failure, or at the moment that a node gave. In the client's mailbox
 * only.
 */
final class Attempts {
    /** The time after the moment that a node gave. At its end the node itself closes the connection. */
    static final Duration SLOT = Duration.ofSeconds(2);
    /** The end of a slot, in which the client takes any connection, also one that it must leave again. */
    private static final Duration ANY_NODE_DOES = Duration.ofMillis(500);
    /** The longest wait between two tries within a slot. */
    private static final Duration LONGEST_WITHIN = Duration.ofMillis(250);
    /** A try within the slot is only made if more than this is left of the slot. */
    private static final Duration SHORTEST_REST = Duration.ofMillis(100);

    private final Backoff backoff;
    private final Timers timers;
    private final RandomGenerator random;
    private final Gate gate;
    private final Alarm alarm;

    /** Counts the tries, so that a replaced try is ignored when the gate lets it pass too late. */
    private long tickets;
    /** Whether a try waits for its time, or at the gate. */
    private boolean waits;

    /** Failures since all topics were last subscribed. */
    private int failures;

    /** What a try must pass when its time has come. */
    @FunctionalInterface
    interface Gate {

        /** Runs the task now or later. A task that comes before it has run replaces it. */
        void pass(Runnable task);
    }

    Attempts(Backoff backoff, Timers timers, RandomGenerator random, Mailbox core, Gate gate) {
        this.backoff = backoff;
        this.timers = timers;
        this.random = random;
        this.gate = gate;
        this.alarm = new Alarm(timers, core);
    }

    /** All topics are subscribed: the backoff begins again. */
    void succeeded() {
        failures = 0;
    }

    /** Whether a try is scheduled. */
    boolean waits() {
        return waits;
    }

    /** Runs the task now, and replaces what was scheduled. */
    void now(Runnable task) {
        alarm.cancel();
        pass(task);
    }

    /** Schedules a try after a failure that leaves the client without a connection. */
    void retry(Retry when, Runnable task) {
        schedule(when.backsOff() ? when.pause().plus(backoff(failures++)) : when.pause(), task);
    }

    /** Schedules a try at the moment that a node gave. */
    void leaveAt(long moment, Runnable task) {
        schedule(Duration.ofNanos(Math.max(0, moment - timers.nanoTime())), task);
    }

    /**
     * Schedules a try after a failure of the second connection. The node closes the first connection at the end of its
     * slot, so each wait is short and leaves room in the slot for one more try. Earlier failures of servers do not count
     * here. After the slot it is an ordinary failure.
     *
     * @param moment that the node of the first connection gave; null where there is none
     */
    void retryHandOver(@Nullable Long moment, Retry when, Runnable task) {
        long rest = moment == null ? 0 : moment + SLOT.toNanos() - timers.nanoTime();
        if (rest <= 0 || !when.backsOff()) {
            retry(when, task);
        } else if (rest < SHORTEST_REST.toNanos()) {
            schedule(when.pause().plus(backoff(0)), task);
        } else {
            long most = Math.min(LONGEST_WITHIN.toNanos(), rest / 2);
            schedule(when.pause().plusNanos((long) (random.nextDouble() * most)), task);
        }
    }

    /**
     * Whether a second connection that is opened now may well be refused by a node that would have to move the client on.
     *
     * @param moment that the node of the first one gave; null where there is none
     */
    boolean mayBeRefused(@Nullable Long moment) {
        return moment != null && moment + SLOT.minus(ANY_NODE_DOES).toNanos() - timers.nanoTime() > 0;
    }

    void cancel() {
        tickets++;
        waits = false;
        alarm.cancel();
    }

    /** Replaces what was scheduled before, even where its time has come and it waits in the mailbox. */
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
