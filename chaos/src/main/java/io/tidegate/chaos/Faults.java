package io.tidegate.chaos;

import io.tidegate.chaos.Fleet.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Injects faults into a fleet, chosen by a seed. Each fault runs on a separate thread, so that faults overlap. Redis has
 * only one fault at a time, and one pod is never ended.
 */
final class Faults {
    private static final Duration END_OF_A_PROCESS = Duration.ofSeconds(60);
    private static final long ENDPOINTS_LAG_MILLIS = 500;

    private final Fleet fleet;
    private final Random random;
    private final List<Fault> kinds;
    private final List<Thread> running = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final ReentrantLock redis = new ReentrantLock();
    private final ReentrantLock replacing = new ReentrantLock();

    Faults(Fleet fleet, long seed, Set<Fault> kinds) {
        this.fleet = fleet;
        this.random = new Random(seed);
        this.kinds = List.copyOf(kinds);
    }

    /** Begins the next fault, and returns its name. */
    String inject() {
        Fault fault = kinds.get(random.nextInt(kinds.size()));
        long seed = random.nextLong();
        counts.merge(fault, 1, Integer::sum);
        running.add(Thread.ofVirtual().name(fault.name()).start(() -> {
            try {
                run(fault, new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                failures.add(fault + ": " + e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        return fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Whether all faults are over and repaired. */
    boolean areOver() {
        return running.stream().noneMatch(Thread::isAlive);
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    /** Failures besides the faults: a server that does not start, or does not end. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    private void run(Fault fault, Random own) throws InterruptedException {
        switch (fault) {
            case KILL_POD -> {
                Optional<Pod> pod = fleet.claim(own);
                if (pod.isPresent()) {
                    pod.get().server.kill();
                    fleet.bury(pod.get(), END_OF_A_PROCESS);
                    fleet.start();
                }
            }
            case TERMINATE_POD -> {
                Optional<Pod> pod = fleet.claim(own);
                if (pod.isPresent()) {
                    terminate(pod.get());
                    fleet.start();
                    fleet.bury(pod.get(), END_OF_A_PROCESS);
                }
            }
            case SHRINK -> {
                Optional<Pod> pod = fleet.claimOldest();
                if (pod.isPresent()) {
                    terminate(pod.get());
                    fleet.bury(pod.get(), END_OF_A_PROCESS);
                }
            }
            case REPLACE_ALL -> replaceAll();
            case KILL_REDIS ->
                withRedis(() -> {
                    fleet.redis().kill();
                    Thread.sleep(own.nextLong(200, 3_000));
                    fleet.redis().restart();
                });
            case STOP_REDIS ->
                withRedis(() -> {
                    fleet.redis().pause();
                    Thread.sleep(own.nextLong(1_000, 4_000));
                    fleet.redis().resume();
                });
            case CUT_LINK -> disturb(own, true);
            case SILENCE_LINK -> disturb(own, false);
        }
    }

    /**
     * Replaces all pods, like a Deployment that may have one pod more than wanted. Does nothing while a replacement is
     * under way.
     */
    private void replaceAll() throws InterruptedException {
        if (!replacing.tryLock()) {
            return;
        }
        try {
            int count = fleet.serving().size();
            for (int i = 0; i < count; i++) {
                fleet.start();
                Optional<Pod> oldest = fleet.claimOldest();
                if (oldest.isPresent()) {
                    terminate(oldest.get());
                    fleet.bury(oldest.get(), END_OF_A_PROCESS);
                }
            }
        } finally {
            replacing.unlock();
        }
    }

    /**
     * Ends a pod. Endpoints are updated a moment after the signal. Until then new clients still come, and are refused.
     */
    private static void terminate(Pod pod) throws InterruptedException {
        pod.server.terminate();
        Thread.sleep(ENDPOINTS_LAG_MILLIS);
        pod.leave();
    }

    private void disturb(Random own, boolean cut) throws InterruptedException {
        List<Pod> pods = fleet.serving();
        if (pods.isEmpty()) {
            return;
        }
        Pod pod = pods.get(own.nextInt(pods.size()));
        if (cut) {
            pod.link.cut();
        } else {
            pod.link.silence();
        }
        Thread.sleep(own.nextLong(1_000, 6_000));
        pod.link.mend();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }

    private void withRedis(Step step) throws InterruptedException {
        redis.lockInterruptibly();
        try {
            step.run();
        } finally {
            redis.unlock();
        }
    }
}
