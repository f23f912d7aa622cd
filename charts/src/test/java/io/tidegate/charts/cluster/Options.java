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
 * @param address of the Service as this process reaches it; empty: by its name in the cluster
 * @param values for the chart, {@code key=value} each
 */
record Options(
        Path kubeconfig,
        String namespace,
        Optional<String> prometheus,
        Optional<String> address,
        Map<String, String> values) {
    static final String USAGE =
            "Usage: ./tidegate chart --cluster [--namespace NAME] [--prometheus URL] [--address ws://HOST:PORT] [--set KEY=VALUE]...";

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
            if (!List.of("--namespace", "--prometheus", "--address", "--set").contains(name) || rest.isEmpty()) {
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
        return new Options(
                Path.of(kubeconfig),
                named.getOrDefault("--namespace", "tidegate-trial"),
                Optional.ofNullable(named.get("--prometheus")),
                Optional.ofNullable(named.get("--address")),
                values);
    }
}
