package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.check.Checker;
import io.tidegate.rehearsal.check.Defect;
import io.tidegate.rehearsal.check.Journal;
import io.tidegate.rehearsal.check.Report;
import io.tidegate.rehearsal.load.Ending;
import io.tidegate.rehearsal.load.Profile;
import io.tidegate.rehearsal.load.Swarm;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Clients of {@code tidegate.v1}. */
final class SwarmClients implements Clients {
    /** Clients of a topic, so that a message goes to about as many. */
    private static final int OF_A_TOPIC = 10;

    private static final Duration STEP = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 50;

    private final Journal journal = new Journal();
    private final Swarm swarm;

    /**
     * Nobody is there yet.
     *
     * @param targets that share the clients
     */
    SwarmClients(List<URI> targets, RehearsalPlan.Load load) {
        swarm = new Swarm(Profile.of(targets, Math.max(1, load.peak() / OF_A_TOPIC)), journal);
    }

    @Override
    public void resize(int connections, double perSecond) {
        swarm.resize(connections, perSecond);
    }

    @Override
    public void rate(double messages) {
        swarm.rate(messages);
    }

    @Override
    public boolean areWhole() {
        return swarm.isWhole();
    }

    @Override
    public Moment.Clients now() {
        return new Moment.Clients(
                swarm.target(), swarm.live(), swarm.reconnects().total(), journal.published());
    }

    @Override
    public Verdict.Tally finish() throws InterruptedException {
        swarm.rate(0);
        List<String> complaints = new ArrayList<>(
                new Ending(journal, swarm, SwarmClients::await).level(swarm::pending, swarm::isWhole, STEP));
        complaints.addAll(swarm.complaints());
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
        swarm.close();
    }
}
