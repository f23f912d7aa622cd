package io.tidegate.rehearsal.load;

import io.tidegate.rehearsal.check.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * How a run ends, so that the journal can be judged: nobody publishes any more, all is acknowledged, everybody is there,
 * and a last message on each topic has come to everybody.
 */
public final class Ending {
    private static final int SHOWN = 10;

    private final Journal journal;
    private final VirtualUsers virtualUsers;
    private final Waiter waiter;

    /** Waits until something is so, for a while. */
    @FunctionalInterface
    public interface Waiter {

        /** Whether it came to be so in that time. */
        boolean await(String what, Duration atMost, BooleanSupplier condition) throws InterruptedException;
    }

    /** @param virtualUsers publishes the last messages */
    public Ending(Journal journal, VirtualUsers virtualUsers, Waiter waiter) {
        this.journal = journal;
        this.virtualUsers = virtualUsers;
        this.waiter = waiter;
    }

    /**
     * Brings the run to its end, at which nobody publishes any more.
     *
     * @param pending publishes of everybody that are not acknowledged
     * @param whole whether everybody is served
     * @param atMost how long each step may take
     * @return what did not come to be so
     */
    public List<String> level(IntSupplier pending, BooleanSupplier whole, Duration atMost) throws InterruptedException {
        List<String> complaints = new ArrayList<>();
        if (!waiter.await("everything is acknowledged", atMost, () -> pending.getAsInt() == 0)) {
            complaints.add(pending.getAsInt() + " publishes were never acknowledged, such as "
                    + journal.unacknowledged(SHOWN));
        }
        if (!waiter.await("everybody is served", atMost, whole)) {
            complaints.add("not everybody was served in the end");
        }
        virtualUsers.publishOnce();
        if (!waiter.await("everybody is level", atMost, () -> journal.behind(VirtualUsers.LAST) == 0)) {
            complaints.add(
                    journal.behind(VirtualUsers.LAST) + " subscriptions never got the last message of their topic");
        }
        return complaints;
    }
}
