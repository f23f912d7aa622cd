package io.tidegate.simulation;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The contents of a run. They are drawn from the seed, and reduced to show a failure in a few lines.
 *
 * @param seed draws everything else
 * @param pods at the beginning
 * @param apps clients of {@code clients/java}
 * @param improvisers clients that send random requests
 * @param plain clients on the plain wire
 * @param seconds of faults and published messages
 * @param history messages that a topic keeps
 * @param queueKib unsent KiB that a connection can hold
 * @param faults that can come
 */
record Scenario(
        long seed,
        int pods,
        int apps,
        int improvisers,
        int plain,
        int seconds,
        int history,
        int queueKib,
        Set<Fault> faults) {

    static Scenario of(long seed) {
        Random random = new Random(seed);
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            if (random.nextInt(5) < 2) {
                faults.add(fault);
            }
        }
        int[] histories = {3, 30, 1_000, 1_000, 1_000};
        return new Scenario(
                seed,
                1 + random.nextInt(3),
                1 + random.nextInt(5),
                random.nextInt(4),
                random.nextInt(3),
                5 + random.nextInt(25),
                histories[random.nextInt(histories.length)],
                64 << random.nextInt(4),
                faults);
    }

    Scenario with(int pods, int apps, int improvisers, int plain, int seconds) {
        return new Scenario(seed, pods, apps, improvisers, plain, seconds, history, queueKib, faults);
    }

    Scenario with(Set<Fault> others) {
        return new Scenario(seed, pods, apps, improvisers, plain, seconds, history, queueKib, others);
    }

    Scenario without(Fault fault) {
        Set<Fault> fewer = EnumSet.noneOf(Fault.class);
        fewer.addAll(faults);
        fewer.remove(fault);
        return new Scenario(seed, pods, apps, improvisers, plain, seconds, history, queueKib, fewer);
    }

    /** The command that runs exactly this scenario again. */
    String command() {
        Scenario drawn = of(seed);
        StringBuilder command = new StringBuilder("./tidegate simulate --seed " + seed);
        option(command, "pods", pods, drawn.pods);
        option(command, "apps", apps, drawn.apps);
        option(command, "improvisers", improvisers, drawn.improvisers);
        option(command, "plain", plain, drawn.plain);
        option(command, "seconds", seconds, drawn.seconds);
        if (!faults.equals(drawn.faults)) {
            String names = faults.stream().map(Fault::name).collect(Collectors.joining(","));
            command.append(" --faults ").append(names.isEmpty() ? "none" : names);
        }
        return command.toString();
    }

    private static void option(StringBuilder command, String name, int value, int drawn) {
        if (value != drawn) {
            command.append(" --").append(name).append(' ').append(value);
        }
    }

    @Override
    public String toString() {
        return "seed %d: %d pods, %d clients, %d improvisers, %d plain, %d s, history of %d, queues of %d KiB, faults %s"
                .formatted(seed, pods, apps, improvisers, plain, seconds, history, queueKib, faults);
    }
}
