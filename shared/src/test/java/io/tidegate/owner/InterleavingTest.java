package io.tidegate.owner;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/**
 * What crosses threads, under a scheduler that chooses the next thread at each access to shared memory (Lincheck's model
 * checker, on the classes as they are). Each event is stepped once, in the order of its poster, by one thread at a time;
 * none is left waiting while nobody steps. Lincheck fails, and shows the interleaving, too, where all threads wait.
 */
class InterleavingTest {
    /** Interleavings to look at: the mistakes that were tried are found within the first hundred. */
    private static final int INTERLEAVINGS = 100;

    @Test
    void aSerialStepsEachEventOnceInTheOrderOfItsPoster() {
        Lincheck.runConcurrentTest(
                INTERLEAVINGS, () -> serial(List.of(List.of("a1", "a2"), List.of("b1")), Serial.MOST_STEPS));
    }

    @Test
    void aSerialWithThreePosters() {
        Lincheck.runConcurrentTest(
                INTERLEAVINGS, () -> serial(List.of(List.of("a1"), List.of("b1"), List.of("c1")), Serial.MOST_STEPS));
    }

    /** Each turn is one event, so that the second always comes to the pool's thread. */
    @Test
    void aSerialThatHandsOverToItsPool() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> serial(List.of(List.of("a1"), List.of("b1")), 1));
    }

    @Test
    void aLoopStepsEachEventOnceAndSleepsThroughNone() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> loop(List.of(List.of("a1", "a2"))));
    }

    @Test
    void aLoopWithTwoPosters() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> loop(List.of(List.of("a1"), List.of("b1"))));
    }

    private static void serial(List<List<String>> posters, int turn) {
        Recorder recorder = new Recorder();
        List<Thread> pool = new CopyOnWriteArrayList<>();
        Executor threads = task -> {
            Thread thread = new Thread(task);
            pool.add(thread);
            thread.start();
        };
        Serial<String> serial =
                new Serial<>(new Guarded<>("serial", recorder, (name, defect) -> recorder.fail(defect)), threads, turn);
        post(serial, posters);
        // What one of them hands over again is started by it, and so in the list before it ends.
        for (int i = 0; i < pool.size(); i++) {
            join(pool.get(i));
        }
        recorder.check(posters);
        if (serial.waiting() != 0) {
            throw new AssertionError("waiting: " + serial.waiting());
        }
    }

    private static void loop(List<List<String>> posters) {
        Recorder recorder = new Recorder();
        AtomicReference<Loop<String>> loop = new AtomicReference<>();
        int all = posters.stream().mapToInt(List::size).sum();
        Rounds rounds = new Rounds(recorder, all, loop);
        loop.set(new Loop<>(
                "loop",
                rounds,
                new Guarded<>("loop", rounds, (name, defect) -> recorder.fail(defect)),
                new StrictParking()));
        loop.get().start();
        post(loop.get(), posters);
        try {
            loop.get().join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        recorder.check(posters);
        if (loop.get().waiting() != 0) {
            throw new AssertionError("waiting: " + loop.get().waiting());
        }
    }

    private static void post(Owner<String> owner, List<List<String>> posters) {
        List<Thread> threads = new ArrayList<>();
        for (List<String> events : posters) {
            Thread thread = new Thread(() -> events.forEach(owner::post));
            threads.add(thread);
            thread.start();
        }
        threads.forEach(InterleavingTest::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The state of an owner, which has no protection of its own. */
    private static final class Recorder implements Owner.Step<String> {
        private final List<String> stepped = new ArrayList<>();
        private int inside;
        private String failure = "";

        @Override
        public void step(String event) {
            inside++;
            if (inside != 1) {
                failure = "two threads in a step";
            }
            stepped.add(event);
            inside--;
        }

        void fail(Throwable defect) {
            failure = defect.toString();
        }

        void check(List<List<String>> posters) {
            int all = 0;
            for (List<String> events : posters) {
                all += events.size();
                if (!stepped.stream().filter(events::contains).toList().equals(events)) {
                    failure = "not once each and in order: " + events;
                }
            }
            if (!failure.isEmpty() || stepped.size() != all) {
                throw new AssertionError(stepped + " " + failure);
            }
        }
    }

    /** Rounds that end the loop with the last event: a loop that sleeps through one never ends. */
    private record Rounds(Recorder recorder, int all, AtomicReference<Loop<String>> loop)
            implements Owner.Rounds<String> {
        @Override
        public void step(String event) {
            recorder.step(event);
            if (recorder.stepped.size() == all) {
                loop.get().close();
            }
        }

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public boolean finish() {
            return false;
        }
    }

    /** Never returns without a reason, so that it cannot hide a wake-up that was lost; Lincheck's own park does. */
    private static final class StrictParking implements Loop.Parking {
        private boolean permit;

        @Override
        public synchronized void park(Object blocker) {
            while (!permit) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            permit = false;
        }

        @Override
        public synchronized void unpark(Thread thread) {
            permit = true;
            notifyAll();
        }
    }
}
