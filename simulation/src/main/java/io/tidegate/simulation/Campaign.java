package io.tidegate.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Many seeds, one after the other on each thread, until one fails. */
final class Campaign {
    private final long first;
    private final long seeds;
    private final long nanos;
    private final int threads;
    private final Set<Long> known;
    private final AtomicLong next;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final Map<String, Long> coverage = new TreeMap<>();
    private volatile @Nullable Scenario failed;

    /**
     * Makes a campaign that has not begun.
     *
     * @param nanos the time after which it ends, even if seeds are left
     */
    Campaign(long first, long seeds, long nanos, int threads) {
        this(first, seeds, nanos, threads, Set.of());
    }

    /**
     * The same campaign without some seeds.
     *
     * @param known seeds with a known fault that is not fixed yet
     */
    Campaign(long first, long seeds, long nanos, int threads, Set<Long> known) {
        this.known = known;
        this.first = first;
        this.seeds = seeds;
        this.nanos = nanos;
        this.threads = threads;
        this.next = new AtomicLong(first);
    }

    /**
     * The result of a campaign.
     *
     * @param failed the smallest of the started seeds that failed; null if none failed
     */
    record Result(
            long seeds,
            double seconds,
            long events,
            Map<String, Long> coverage,
            @Nullable Scenario failed) {}

    Result run(Consumer<String> progress) throws InterruptedException {
        long begun = System.nanoTime();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofPlatform().name("simulation-" + i).start(() -> work(begun, progress)));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return new Result(done.get(), (System.nanoTime() - begun) / 1e9, events.get(), Coverage.of(coverage), failed);
    }

    private void work(long begun, Consumer<String> progress) {
        long seed;
        while (failed == null && System.nanoTime() - begun < nanos && (seed = next.getAndIncrement()) - first < seeds) {
            if (!known.contains(seed)) {
                note(Simulation.run(Scenario.of(seed), false), progress);
            }
        }
    }

    private synchronized void note(Simulation.Outcome outcome, Consumer<String> progress) {
        events.addAndGet(outcome.events());
        outcome.coverage().forEach((what, times) -> coverage.merge(what, times, Long::sum));
        Scenario before = failed;
        if (outcome.violation() != null) {
            progress.accept("seed " + outcome.scenario().seed() + ": " + outcome.violation());
            if (before == null || outcome.scenario().seed() < before.seed()) {
                failed = outcome.scenario();
            }
        }
        if (done.incrementAndGet() % 1_000 == 0) {
            progress.accept("%,d seeds".formatted(done.get()));
        }
    }
}
