package io.tidegate.charts.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Tries the chart on the cluster that {@code KUBECONFIG} names. Exits with 0, 1 (it failed) or 2 (wrong usage). */
public final class ClusterRun {
    private static final String RELEASE = "trial";
    private static final String NAME = "trial-tidegate";

    private ClusterRun() {}

    /** See {@link Options#USAGE}. */
    public static void main(String[] arguments) throws InterruptedException {
        Options options;
        try {
            options = Options.read(arguments, System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        long begun = System.nanoTime();
        try {
            run(options);
        } catch (TrialFailedException | IllegalStateException e) {
            System.err.println("\nFAILED: " + e.getMessage());
            System.exit(1);
        }
        System.out.printf("%nPassed in %d s%n", (System.nanoTime() - begun) / 1_000_000_000);
        System.exit(0);
    }

    private static void run(Options options) throws InterruptedException {
        URI address =
                URI.create(options.address().orElse("ws://" + NAME + "." + options.namespace() + ".svc.cluster.local"));
        Release release = new Release(RELEASE, options);
        try (Cluster cluster = new Cluster(options.kubeconfig(), options.namespace(), NAME);
                FleetClients load = new FleetClients(address)) {
            cluster.prepare();
            try {
                Timeline timeline = new Timeline(cluster, load);
                chapters(options, new Trial(release, load, timeline, prometheus(options)));
                if (options.has("victims")) {
                    load.resize(0);
                    new Victims(release, cluster, timeline).compare();
                }
                if (options.has("rollout")) {
                    load.resize(0);
                    new Rollouts(release, cluster, address).compare();
                }
                List<String> mishaps = cluster.mishaps();
                if (!mishaps.isEmpty()) {
                    throw new TrialFailedException(String.join(", ", mishaps));
                }
                System.out.printf("%nClients: %s%n", load.verdict());
                load.resize(0);
                timeline.title("uninstall");
                release.uninstall();
                timeline.await(
                        "empty namespace",
                        Duration.ofMinutes(1),
                        look -> cluster.leftovers().isEmpty());
            } finally {
                load.resize(0);
                release.uninstall();
                cluster.cleanUp();
            }
        }
    }

    private static void chapters(Options options, Trial trial) throws InterruptedException {
        trial.install();
        trial.changedName();
        if (options.prometheus().isPresent()) {
            if (options.has("connections")) {
                trial.connections();
            }
            if (options.has("messages")) {
                trial.messages();
            }
            if (options.has("both")) {
                trial.bothAndSwitch();
            }
        } else {
            System.out.println("Left out: both triggers of Prometheus (none is given by --prometheus)");
        }
        if (options.has("metrics-api")) {
            trial.withoutPrometheus();
        }
        if (options.alerts().isEmpty()) {
            System.out.println("Left out: the autoscaler's alerts (no Prometheus that has them is given by --alerts)");
        } else if (options.has("alerts")) {
            trial.alerts(new Alerts(options.alerts().get(), options.namespace()));
        }
    }

    private static Map<String, String> prometheus(Options options) {
        return options.prometheus()
                .map(url -> Map.of("autoscaling.prometheus.serverAddress", url))
                .orElse(Map.of());
    }
}
