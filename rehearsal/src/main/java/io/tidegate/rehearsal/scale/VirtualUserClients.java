package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.check.Checker;
import io.tidegate.rehearsal.check.Defect;
import io.tidegate.rehearsal.check.Journal;
import io.tidegate.rehearsal.check.Report;
import io.tidegate.rehearsal.load.Ending;
import io.tidegate.rehearsal.load.Profile;
import io.tidegate.rehearsal.load.VirtualUsers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Clients of {@code tidegate.v1}. */
final class VirtualUserClients implements Clients {
    /** Clients in a topic, so that a message goes to about this many. */
    private static final int OF_A_TOPIC = 10;

    private static final Duration STEP = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 50;

    private final Journal journal = new Journal();
    private final VirtualUsers virtualUsers;

    /**
     * No client is connected yet.
     *
     * @param targets that share the clients
     */
    VirtualUserClients(List<URI> targets, RehearsalPlan.Load load) {
        virtualUsers = new VirtualUsers(Profile.of(targets, Math.max(1, load.peak() / OF_A_TOPIC)), journal);
    }

    @Override
    public void resize(int connections, double perSecond) {
        virtualUsers.resize(connections, perSecond);
    }

    @Override
    public void rate(double messages) {
        virtualUsers.rate(messages);
    }

    @Override
    public boolean areWhole() {
        return virtualUsers.isWhole();
    }

    @Override
    public Moment.Clients now() {
        return new Moment.Clients(
                virtualUsers.target(),
                virtualUsers.live(),
                virtualUsers.reconnects().total(),
                journal.published());
    }

    @Override
    public Verdict.Tally finish() throws InterruptedException {
        virtualUsers.rate(0);
        List<String> complaints = new ArrayList<>(new Ending(journal, virtualUsers, VirtualUserClients::await)
                .level(virtualUsers::pending, virtualUsers::isWhole, STEP));
        complaints.addAll(virtualUsers.complaints());
        if (journal.gaps() > 0) {
            complaints.add(journal.gaps() + " times a client was told of a gap");
        }
        Report report = Checker.check(journal, false);
        return new Verdict.Tally(
                report.count(Defect.Kind.LOST),
                report.count(Defect.Kind.DUPLICATED),
                report.count(Defect.Kind.REORDERED),
                0,
                complaints);
    }

    private static boolean await(String what, Duration atMost, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    @Override
    public void close() {
        virtualUsers.close();
    }
}
