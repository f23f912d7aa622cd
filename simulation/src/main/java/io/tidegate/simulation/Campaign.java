package io.tidegate.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Many seeds, one after the other on each thread, until one fails. */
final class Campaign {
    private final long first;
    private final long seeds;
    private final long nanos;
    private final int threads;

    /**
     * A campaign that has not begun.
     *
     * @param nanos after which it ends, however many seeds are left
     */
    Campaign(long first, long seeds, long nanos, int threads) {
        this.first = first;
        this.seeds = seeds;
        this.nanos = nanos;
        this.threads = threads;
    }

    /**
     * What became of it.
     *
     * @param failed the smallest seed that failed among those that were begun; null where none did
     */
    record Result(
            long seeds,
            double seconds,
            long events,
            Map<String, Long> coverage,
            @Nullable Scenario failed) {}

    Result run(Consumer<String> progress) throws InterruptedException {
        long begun = System.nanoTime();
        AtomicLong next = new AtomicLong(first);
        AtomicLong done = new AtomicLong();
        AtomicLong events = new AtomicLong();
        AtomicReference<@Nullable Scenario> failed = new AtomicReference<>();
        Map<String, Long> coverage = new TreeMap<>();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofPlatform().name("simulation-" + i).start(() -> {
                long seed;
                while (failed.get() == null
                        && System.nanoTime() - begun < nanos
                        && (seed = next.getAndIncrement()) - first < seeds) {
                    Simulation.Outcome outcome = Simulation.run(Scenario.of(seed), false);
                    events.addAndGet(outcome.events());
                    synchronized (coverage) {
                        outcome.coverage().forEach((what, times) -> coverage.merge(what, times, Long::sum));
                    }
                    if (outcome.violation() != null) {
                        failed.accumulateAndGet(
                                outcome.scenario(),
                                (before, now) ->
                                        before == null || now == null || now.seed() < before.seed() ? now : before);
                        progress.accept("seed " + seed + ": " + outcome.violation());
                    }
                    long count = done.incrementAndGet();
                    if (count % 1_000 == 0) {
                        progress.accept("%,d seeds".formatted(count));
                    }
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return new Result(done.get(), (System.nanoTime() - begun) / 1e9, events.get(), coverage, failed.get());
    }
}
