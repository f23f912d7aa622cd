package io.tidegate.rehearsal.load;

import io.tidegate.check.Checker;
import io.tidegate.check.Journal;
import io.tidegate.workload.Ending;
import io.tidegate.workload.Sample;
import io.tidegate.workload.Snapshot;
import io.tidegate.workload.VirtualUsers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One load from its beginning to its verdict, on the caller's thread. */
final class LoadRun {
    /** Some 500 MB of entries that are not judged yet. */
    private static final long KEPT_AT_MOST = 5_000_000;

    private static final Duration STEP = Duration.ofSeconds(30);
    /** The limit after an earlier step has failed. */
    private static final Duration SHORT_STEP = Duration.ofSeconds(5);

    private static final long SAMPLE_NANOS = 1_000_000_000;
    private static final long POLL_MILLIS = 50;

    private final LoadPlan plan;
    private final Consumer<Sample> progress;
    private final Journal journal = new Journal();
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final VirtualUsers virtualUsers;
    private final long began = System.nanoTime();
    private long sampledAt = began;
    private boolean publishes;
    private volatile boolean stopped;

    /** @param progress gets a sample every second, on the thread that runs the load */
    LoadRun(LoadPlan plan, Consumer<Sample> progress) {
        this.plan = plan;
        this.progress = progress;
        this.virtualUsers = new VirtualUsers(plan.profile(), journal);
    }

    /** Ends the load early. The verdict is still made. Any thread. */
    void stop() {
        stopped = true;
    }

    /** Runs the load. */
    LoadResult run() throws InterruptedException {
        try {
            follow(plan.loadProfile());
            publishes = true;
            virtualUsers.rate(0);
            if (stopped) {
                virtualUsers.hold();
            }
            complaints.addAll(new Ending(journal, virtualUsers, Ending.Waiter.with(this::pause))
                    .level(virtualUsers::pending, virtualUsers::isWhole, complaints.isEmpty() ? STEP : SHORT_STEP));
            sample();
            complaints.addAll(virtualUsers.complaints());
            return new LoadResult(
                    Checker.check(journal, false),
                    virtualUsers.snapshot(),
                    virtualUsers.latencies(),
                    List.copyOf(samples),
                    List.copyOf(complaints));
        } finally {
            virtualUsers.close();
        }
    }

    private void follow(LoadProfile loadProfile) throws InterruptedException {
        boolean first = true;
        for (LoadProfile.Step step : loadProfile.steps()) {
            if (!goesOn(step.at())) {
                return;
            }
            if (!first) {
                requireWhole();
            }
            first = false;
            virtualUsers.resize(step.connections(), step.perSecond());
        }
        if (goesOn(plan.duration())) {
            requireWhole();
        }
    }

    /** Adds a complaint if the clients of the step before are not all served. */
    private void requireWhole() {
        if (!virtualUsers.isWhole()) {
            Snapshot.Connections connections = virtualUsers.snapshot().connections();
            complaints.add("only " + connections.live() + " of " + connections.target() + " connections after "
                    + (System.nanoTime() - began) / 1_000_000_000 + " s");
        }
    }

    /** Waits for a moment of the run. Returns false if the run must end earlier. */
    private boolean goesOn(Duration until) throws InterruptedException {
        long end = began + until.toNanos();
        while (!stopped && System.nanoTime() < end) {
            if (journal.kept() > KEPT_AT_MOST) {
                complaints.add("ended early: " + journal.kept()
                        + " messages wait to be judged, because a client does not get them; more would not"
                        + " fit in memory");
                stopped = true;
            }
            pause();
        }
        return !stopped;
    }

    private void pause() throws InterruptedException {
        Thread.sleep(POLL_MILLIS);
        // Latencies of messages that are due before any client is connected would show nothing about the servers.
        if (!publishes && !stopped && virtualUsers.live() > 0) {
            publishes = true;
            virtualUsers.rate(plan.rate());
        }
        if (System.nanoTime() - sampledAt >= SAMPLE_NANOS) {
            sample();
        }
    }

    private void sample() {
        sampledAt += SAMPLE_NANOS;
        Sample sample = virtualUsers.sample();
        samples.add(sample);
        progress.accept(sample);
    }
}
