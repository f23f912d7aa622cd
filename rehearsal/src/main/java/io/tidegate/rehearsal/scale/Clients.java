package io.tidegate.rehearsal.scale;

import io.tidegate.check.Checker;
import io.tidegate.check.Defect;
import io.tidegate.check.Journal;
import io.tidegate.check.Report;
import io.tidegate.workload.Ending;
import io.tidegate.workload.Profile;
import io.tidegate.workload.VirtualUsers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The clients of {@code tidegate.v1} that connect, publish and listen during a rehearsal. */
final class Clients implements AutoCloseable {
    /** Clients in a topic, so that a message goes to about this many. */
    private static final int OF_A_TOPIC = 10;

    private static final Duration STEP = Duration.ofMinutes(1);

    private final Journal journal = new Journal();
    private final VirtualUsers users;

    /**
     * No client is connected yet.
     *
     * @param targets that share the clients
     */
    Clients(List<URI> targets, RehearsalPlan.Load load) {
        users = new VirtualUsers(Profile.of(targets, Math.max(1, load.peak() / OF_A_TOPIC)), journal);
    }

    VirtualUsers users() {
        return users;
    }

    Moment.Clients now() {
        return new Moment.Clients(
                users.target(), users.live(), users.reconnects().total(), journal.published());
    }

    /** Ends publishing, waits until all clients have received everything, and returns what was lost on the way. */
    Verdict.Tally finish() throws InterruptedException {
        users.rate(0);
        List<String> complaints =
                new ArrayList<>(new Ending(journal, users).level(users::pending, users::isWhole, STEP));
        complaints.addAll(users.complaints());
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

    @Override
    public void close() {
        users.close();
    }
}
