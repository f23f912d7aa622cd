package io.tidegate.chaos;

import java.util.Map;
import picocli.CommandLine.Option;

/** The options of a run that tries servers out in a way that a seed determines. */
final class Trial {
    @Option(names = "--seed", paramLabel = "N", description = "does the same again; the seed is printed")
    private long seed = System.nanoTime() % 1_000_000;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting of the servers, such as tidegate.heartbeat=10s")
    private Map<String, String> settings = Map.of();

    long seed() {
        return seed;
    }

    Map<String, String> settings() {
        return settings;
    }

    /** Prints the last line of the run, and returns its exit code. */
    int verdict(boolean good) {
        System.out.println(good ? "PASSED" : "FAILED, seed " + seed);
        return good ? 0 : 1;
    }
}
