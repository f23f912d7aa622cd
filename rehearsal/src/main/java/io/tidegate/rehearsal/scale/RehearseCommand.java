package io.tidegate.rehearsal.scale;

import io.tidegate.command.Runtimes;
import io.tidegate.command.Seconds;
import io.tidegate.command.Subcommand;
import io.tidegate.testing.Program;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A surge of clients, and a fleet that scales according to the chart. */
@Command(
        name = "rehearse",
        abbreviateSynopsis = true,
        description = {
            "A surge of clients, and a fleet that scales as the chart says: 2 pods, 10, and 2 again. Starts servers, Redis, a"
                    + " Prometheus that scrapes them and HAProxy; takes triggers, targets and behavior from the rendered chart,"
                    + " decides as the HPA and KEDA do, and starts and ends servers accordingly. Needs prometheus and haproxy. Time"
                    + " is compressed; the page says by how much."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:nothing was lost, doubled or cut, and the fleet followed without swinging and got even",
            "1:it did not, or this machine is too slow for it",
            "2:wrong usage"
        })
public final class RehearseCommand extends Subcommand {
    private enum Which {
        CHART,
        ARTICLE
    }

    @Option(names = "--connections", paramLabel = "N", description = "clients at the height of the surge (10,000)")
    private int connections = 10_000;

    @Option(names = "--base", paramLabel = "N", description = "clients before and after the surge (a tenth)")
    private int base = -1;

    @Option(names = "--rate", paramLabel = "N", description = "messages a second, all clients together (50)")
    private double rate = 50;

    @Option(names = "--speed", paramLabel = "N", description = "how much faster than real time, 1 to 60 (10)")
    private double speed = 10;

    @Option(
            names = "--ramp",
            paramLabel = "5m",
            description = "how long the clients take to come, and to go, in the scenario's time (5m)",
            converter = Seconds.class)
    private Duration ramp = Duration.ofMinutes(5);

    @Option(
            names = "--hold",
            paramLabel = "10m",
            description = "how long the surge stays (10m; 25m with --query article)",
            converter = Seconds.class)
    private Duration hold = Duration.ZERO;

    @Option(
            names = "--query",
            paramLabel = "article",
            description = "the article's ScaledObject decides instead of the chart's, and the fleet swings")
    private Which query = Which.CHART;

    @Option(names = "--no-rebalance", description = "the servers keep their connections, even if they are uneven")
    private boolean still;

    @Option(
            names = "--rollout",
            description =
                    "replaces all pods at the height of the surge, as a Deployment does, and tells how often clients move")
    private boolean rollout;

    @Mixin
    private final Runtimes runtimes = new Runtimes();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a value of the chart, such as autoscaling.connections.target=500")
    private Map<String, String> values = Map.of();

    @Option(
            names = "--cluster",
            description =
                    "runs on the cluster of KUBECONFIG, where KEDA and the HPA scale an installed release, in real"
                            + " time")
    private boolean onCluster;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "namespace of the release on the cluster (default)")
    private String namespace = "default";

    @Option(names = "--name", paramLabel = "NAME", description = "name of its Deployment (tidegate)")
    private String name = "tidegate";

    @Option(
            names = "--address",
            paramLabel = "URL",
            description = "URL at which clients reach its Service, such as wss://chat.example.com")
    private URI address = URI.create("");

    @Option(names = "--page", paramLabel = "FILE.html", description = "where the plots go (rehearsal.html)")
    private Path page = Path.of("rehearsal.html");

    @Option(names = "--json", description = "prints the verdict as JSON on the standard output")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintStream progress = json ? System.err : System.out;
        try {
            Outcome outcome = onCluster
                    ? Rehearsal.onCluster(plan(), release(), progress)
                    : Rehearsal.onThisMachine(
                            plan(), Chart.render(root().resolve("charts/tidegate"), values()), progress);
            RehearsalPage.of(outcome).write(page);
            outcome.verdict().lines().forEach(line -> progress.println((line.good() ? "✓ " : "✗ ") + line.text()));
            progress.println((outcome.verdict().isGood() ? "PASSED" : "FAILED") + "; see " + page.toAbsolutePath());
            if (json) {
                System.out.println(RehearsalJson.of(outcome));
            }
            return outcome.verdict().isGood() ? 0 : 1;
        } catch (UnplayableException | Program.NotStartedException e) {
            err().println(e.getMessage());
            return 1;
        }
    }

    private RehearsalPlan plan() {
        int few = base < 0 ? Math.max(2, connections / 10) : base;
        if (few < 2 || connections <= few) {
            throw wrong("--connections and --base: allowed are 2 or more before the surge, and more at its height");
        }
        if (!(rate > 0) || !(speed >= 1 && speed <= 60)) {
            throw wrong("--rate and --speed: allowed are a rate above 0, and a speed from 1 to 60");
        }
        Duration stay = !hold.isZero() ? hold : Duration.ofMinutes(query == Which.ARTICLE ? 25 : 10);
        return new RehearsalPlan(
                new RehearsalPlan.Load(few, connections, rate),
                new RehearsalPlan.Times(ramp, stay),
                onCluster
                        ? new RehearsalPlan.Servers(List.of(), true)
                        : new RehearsalPlan.Servers(runtimes.jars(this), !still),
                new Speed(onCluster ? 1 : speed),
                query == Which.ARTICLE,
                rollout);
    }

    private Release release() {
        List<String> ofThisMachine =
                List.of("--speed", "--query", "--no-rebalance", "--rollout", "--runtimes", "--set");
        for (String option : ofThisMachine) {
            if (commandLine().getParseResult().hasMatchedOption(option)) {
                throw wrong(option + ": not with --cluster, whose release is as it is");
            }
        }
        String scheme = String.valueOf(address.getScheme());
        if (!List.of("ws", "wss").contains(scheme) || address.getHost() == null) {
            throw wrong(
                    "--address: allowed is ws://HOST:PORT or wss://HOST, at which this machine reaches the Service");
        }
        String kubeconfig = System.getenv("KUBECONFIG");
        if (kubeconfig == null || !Files.isReadable(Path.of(kubeconfig))) {
            throw wrong("--cluster: KUBECONFIG names no file that can be read; allowed is one kubeconfig");
        }
        return new Release(Path.of(kubeconfig), namespace, name, address);
    }

    /** The address of Prometheus is the only value that the chart requires; a rehearsal has its own Prometheus. */
    private Map<String, String> values() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("autoscaling.prometheus.serverAddress", "http://prometheus.monitoring.svc:9090");
        all.putAll(values);
        return all;
    }
}
