package io.tidegate.simulation;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command: runs seeds until one fails, and shows that one in as few lines as it can. */
@Command(name = "simulate")
public final class Main implements java.util.concurrent.Callable<Integer> {
    @Option(names = "--seeds")
    private long seeds = 1_000;

    @Option(names = "--first")
    private long first = 1;

    @Option(names = "--seed")
    private @Nullable Long seed;

    @Option(names = "--minutes")
    private @Nullable Double minutes;

    @Option(names = "--trace")
    private boolean trace;

    @Option(names = "--threads")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--lines")
    private int lines = 60;

    public static void main(String[] arguments) {
        // What servers and clients log of each fault would hide what is asked for.
        LogManager.getLogManager().reset();
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (seed != null) {
            return one(Scenario.of(seed));
        }
        Campaign campaign = new Campaign(
                first,
                minutes == null ? seeds : Long.MAX_VALUE,
                minutes == null ? Long.MAX_VALUE : (long) (minutes * TimeUnit.MINUTES.toNanos(1)),
                threads);
        Campaign.Result result = campaign.run(line -> System.err.println(line));
        System.out.printf("%,d seeds in %.1f s, %,d events%n", result.seeds(), result.seconds(), result.events());
        show(result.coverage());
        Scenario failed = result.failed();
        if (failed == null) {
            System.out.println("All promises were kept.");
            return 0;
        }
        return one(Shrinker.shrink(failed));
    }

    private int one(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.run(scenario, true);
        int from = trace ? 0 : Math.max(0, outcome.trace().size() - lines);
        if (from > 0) {
            System.out.printf("(%,d lines before; --trace shows all)%n", from);
        }
        outcome.trace().subList(from, outcome.trace().size()).forEach(System.out::println);
        System.out.println(scenario);
        if (seed != null) {
            show(outcome.coverage());
        }
        if (outcome.violation() == null) {
            System.out.println("All promises were kept.");
            return 0;
        }
        System.out.println("FAILED " + outcome.violation());
        System.out.println("again: ./tidegate simulate --seed " + scenario.seed() + " --trace");
        return 1;
    }

    private static void show(Map<String, Long> coverage) {
        new TreeMap<>(coverage).forEach((what, times) -> System.out.printf("%,14d  %s%n", times, what));
    }
}
