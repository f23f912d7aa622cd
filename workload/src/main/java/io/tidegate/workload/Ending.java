package io.tidegate.workload;

import io.tidegate.check.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Ends a run so that the journal can be judged: no client publishes any more, all publishes are acknowledged, all clients
 * are served, and all of them have received a last message on each topic.
 */
public final class Ending {
    private static final int SHOWN = 10;
    private static final Duration POLL = Duration.ofMillis(50);

    private final Journal journal;
    private final VirtualUsers virtualUsers;
    private final Waiter waiter;

    /** Waits for a condition, with a limit. */
    @FunctionalInterface
    public interface Waiter {

        /** Returns whether the condition became true in that time. */
        boolean await(String what, Duration atMost, BooleanSupplier condition) throws InterruptedException;

        /** A waiter that looks again after each pause. */
        static Waiter with(Pause pause) {
            return (what, atMost, condition) -> {
                long end = System.nanoTime() + atMost.toNanos();
                while (!condition.getAsBoolean()) {
                    if (System.nanoTime() > end) {
                        return false;
                    }
                    pause.pass();
                }
                return true;
            };
        }
    }

    /** A short time, in which something else may happen. */
    @FunctionalInterface
    public interface Pause {
        void pass() throws InterruptedException;
    }

    /** The same without anything else to do meanwhile. */
    public Ending(Journal journal, VirtualUsers virtualUsers) {
        this(journal, virtualUsers, Waiter.with(() -> Thread.sleep(POLL)));
    }

    /** @param virtualUsers publishes the last messages */
    public Ending(Journal journal, VirtualUsers virtualUsers, Waiter waiter) {
        this.journal = journal;
        this.virtualUsers = virtualUsers;
        this.waiter = waiter;
    }

    /**
     * Brings the run to its end. The caller must have stopped all other publishes.
     *
     * @param pending the number of unacknowledged publishes of all clients
     * @param whole whether all clients are served
     * @param atMost the limit of each step
     * @return the conditions that did not become true
     */
    public List<String> level(IntSupplier pending, BooleanSupplier whole, Duration atMost) throws InterruptedException {
        List<String> complaints = new ArrayList<>();
        if (!waiter.await("everything is acknowledged", atMost, () -> pending.getAsInt() == 0)) {
            complaints.add(pending.getAsInt() + " publishes were never acknowledged, such as "
                    + journal.unacknowledged(SHOWN));
        }
        if (!waiter.await("every client is served", atMost, whole)) {
            complaints.add("not every client was served in the end");
        }
        virtualUsers.publishOnce();
        if (!waiter.await("every client has all messages", atMost, () -> journal.behind(VirtualUsers.LAST) == 0)) {
            complaints.add(
                    journal.behind(VirtualUsers.LAST) + " subscriptions never got the last message of their topic");
        }
        return complaints;
    }
}
