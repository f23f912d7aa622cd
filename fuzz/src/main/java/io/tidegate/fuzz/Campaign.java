package io.tidegate.fuzz;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Several targets; as many run at once as there are processors. */
final class Campaign {
    private Campaign() {}

    /**
     * Runs each target for this time, or until it fails.
     *
     * @param each gets every outcome as it comes, on any thread
     */
    static List<Fuzzing.Outcome> run(List<Fuzzing> targets, Duration each, int atOnce, Consumer<Fuzzing.Outcome> told)
            throws IOException, InterruptedException {
        List<Fuzzing.Outcome> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            List<Callable<Fuzzing.Outcome>> tasks = new ArrayList<>();
            for (Fuzzing target : targets) {
                tasks.add(() -> {
                    Fuzzing.Outcome outcome = target.run(each);
                    told.accept(outcome);
                    return outcome;
                });
            }
            for (Future<Fuzzing.Outcome> future : threads.invokeAll(tasks)) {
                outcomes.add(future.get());
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return outcomes;
    }
}
