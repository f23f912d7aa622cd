package io.tidegate.charts.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the run is told on the command line.
 *
 * @param kubeconfig of the cluster
 * @param namespace made by the run, and deleted by it
 * @param prometheus as KEDA reaches it; empty: only what needs none is tried
 * @param alerts a Prometheus that has the chart's rules, as this process reaches it; empty: no alert is made to fire
 * @param address of the Service as this process reaches it; empty: by its name in the cluster
 * @param only the one chapter that is played between installing and uninstalling; empty: all
 * @param values for the chart, {@code key=value} each
 */
record Options(
        Path kubeconfig,
        String namespace,
        Optional<String> prometheus,
        Optional<String> alerts,
        Optional<String> address,
        Optional<String> only,
        Map<String, String> values) {
    private static final List<String> CHAPTERS =
            List.of("connections", "messages", "both", "metrics-api", "alerts", "victims", "rollout");

    static final String USAGE =
            "Usage: ./tidegate chart --cluster [--namespace NAME] [--prometheus URL [--alerts URL]] [--address ws://HOST:PORT]"
                    + " [--set KEY=VALUE]... [--only " + String.join("|", CHAPTERS) + "]";

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static Options read(String[] arguments, Map<String, String> environment) {
        String kubeconfig = environment.get("KUBECONFIG");
        if (kubeconfig == null || kubeconfig.isEmpty()) {
            throw new IllegalArgumentException("KUBECONFIG names no cluster: set it to a kubeconfig file");
        }
        Map<String, String> named = new TreeMap<>();
        Map<String, String> values = new TreeMap<>();
        List<String> rest = new ArrayList<>(List.of(arguments));
        while (!rest.isEmpty()) {
            String name = rest.removeFirst();
            if (!List.of("--namespace", "--prometheus", "--alerts", "--address", "--only", "--set")
                            .contains(name)
                    || rest.isEmpty()) {
                throw new IllegalArgumentException("not understood: " + name + "\n" + USAGE);
            }
            String value = rest.removeFirst();
            if (name.equals("--set")) {
                String[] pair = value.split("=", 2);
                if (pair.length < 2) {
                    throw new IllegalArgumentException("--set " + value + ": KEY=VALUE is wanted");
                }
                values.put(pair[0], pair[1]);
            } else {
                named.put(name, value);
            }
        }
        if (named.containsKey("--alerts") && !named.containsKey("--prometheus")) {
            throw new IllegalArgumentException("--alerts needs --prometheus\n" + USAGE);
        }
        if (named.containsKey("--only") && !CHAPTERS.contains(named.get("--only"))) {
            throw new IllegalArgumentException("no chapter: " + named.get("--only") + "\n" + USAGE);
        }
        return new Options(
                Path.of(kubeconfig),
                named.getOrDefault("--namespace", "tidegate-trial"),
                Optional.ofNullable(named.get("--prometheus")),
                Optional.ofNullable(named.get("--alerts")),
                Optional.ofNullable(named.get("--address")),
                Optional.ofNullable(named.get("--only")),
                values);
    }

    /** Whether a chapter is to be played. */
    boolean has(String chapter) {
        return only.map(chapter::equals).orElse(true);
    }
}
