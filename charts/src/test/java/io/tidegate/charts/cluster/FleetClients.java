package io.tidegate.charts.cluster;

import io.tidegate.check.Checker;
import io.tidegate.check.Journal;
import io.tidegate.check.Report;
import io.tidegate.workload.Ending;
import io.tidegate.workload.Mix;
import io.tidegate.workload.Profile;
import io.tidegate.workload.Topics;
import io.tidegate.workload.VirtualUsers;
import io.tidegate.workload.Wire;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Clients of the fleet, as many as wanted, that send as much as wanted: on {@code tidegate.v1} and on the plain wire in equal
 * parts, where nothing else is said. Used by one thread.
 */
final class FleetClients implements AutoCloseable {
    private static final int TOPICS = 10;
    private static final int SIZE = 64;
    private static final int PER_SECOND = 50;
    private static final Duration LEVEL = Duration.ofSeconds(60);

    private final Journal journal = new Journal();
    private final VirtualUsers virtualUsers;
    private int rate;

    FleetClients(URI address) {
        this(address, new Mix(Map.of(Wire.V1, 1, Wire.PLAIN, 1)));
    }

    FleetClients(URI address, Mix mix) {
        virtualUsers = new VirtualUsers(new Profile(List.of(address), mix, new Topics(TOPICS, 1), SIZE, 0), journal);
    }

    /** Lets clients come, or the youngest go. */
    void resize(int wanted) {
        virtualUsers.resize(wanted, PER_SECOND);
    }

    /** Messages a second of all together. */
    void rate(int wanted) {
        rate = wanted;
        virtualUsers.rate(wanted);
    }

    int wantedRate() {
        return rate;
    }

    int size() {
        return virtualUsers.target();
    }

    int connected() {
        return virtualUsers.live();
    }

    /** Whether as many are there as wanted, and each is served. */
    boolean isWhole() {
        return virtualUsers.isWhole();
    }

    /** Connections after the first one of each client. */
    int moved() {
        return virtualUsers.reconnects().total();
    }

    /** Connections that ended otherwise than after a notice and with the code of a restart: the first of them. */
    List<String> drops() {
        List<String> drops = new ArrayList<>(virtualUsers.complaints());
        drops.addAll(virtualUsers.endings());
        return drops;
    }

    /**
     * Ends all publishing, and says what came of it.
     *
     * @throws TrialFailedException where anything was lost, doubled or reordered, or anybody was dropped
     */
    String verdict() throws InterruptedException {
        rate(0);
        List<String> wrong =
                new Ending(journal, virtualUsers).level(virtualUsers::pending, virtualUsers::isWhole, LEVEL);
        // What a plain client had sent when it was closed may be read behind what it sends on its next connection.
        Report report = Checker.check(journal, false);
        wrong.addAll(drops());
        if (!report.defects().isEmpty()) {
            wrong.add(report.text());
        }
        if (!wrong.isEmpty()) {
            throw new TrialFailedException(String.join("\n", wrong));
        }
        return String.format(
                Locale.ROOT,
                "%d moved in order, 0 dropped; %d messages acknowledged, %d received, %s",
                moved(),
                journal.acknowledged(),
                journal.received(),
                report.text());
    }

    @Override
    public void close() {
        virtualUsers.close();
    }
}
