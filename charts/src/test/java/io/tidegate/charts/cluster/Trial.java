package io.tidegate.charts.cluster;

import io.tidegate.charts.cluster.Cluster.Look;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The chapters of the run. Each begins and ends with two pods and {@value #FEW} clients. */
final class Trial {
    static final int CONNECTIONS_A_POD = 20;
    static final int MESSAGES_A_POD = 10;
    private static final int FEW = 20;
    private static final int MIN = 2;
    static final Duration START = Duration.ofSeconds(150);
    private static final Duration ALERT = Duration.ofMinutes(2);
    private static final Duration SCALE = Duration.ofSeconds(150);
    private static final int MOST = 3;
    private static final String AT_MAX = "TidegateAtMaxReplicas";
    private static final String BLIND = "TidegateScalerErrors";
    private static final Duration STILL = Duration.ofSeconds(20);

    private final Release release;
    private final FleetClients load;
    private final Timeline timeline;
    private final Map<String, String> prometheus;

    /**
     * A run.
     *
     * @param prometheus the value that names it, or nothing
     */
    Trial(Release release, FleetClients load, Timeline timeline, Map<String, String> prometheus) {
        this.release = release;
        this.load = load;
        this.timeline = timeline;
        this.prometheus = prometheus;
    }

    /** One value, and the release works. */
    void install() throws InterruptedException {
        timeline.title("install with the defaults, " + prometheus);
        release.install(prometheus.isEmpty() ? metricsApi() : prometheus);
        timeline.await("two ready pods", START, look -> look.ready() == MIN && look.wanted() == MIN);
        release.test();
        System.out.println("helm test passed");
        load.resize(FEW);
    }

    /** Connections alone: 115 of them, 20 a pod. */
    void connections() throws InterruptedException {
        configure("connections alone", with("autoscaling.messages.enabled", "false"));
        growTo(115, 0, 6);
        shrink();
    }

    /** Messages alone: 48 a second, 10 a pod; 4 pods would be too few by more than the HPA's tolerance. */
    void messages() throws InterruptedException {
        configure("messages alone", with("autoscaling.connections.enabled", "false"));
        growTo(FEW, 48, 5);
        shrink();
    }

    /** Both: connections ask for 3 pods, messages for 5. The larger counts. Then the runtime changes under load. */
    void bothAndSwitch() throws InterruptedException {
        configure("both triggers", with());
        growTo(55, 48, 5);
        timeline.title("helm upgrade --set runtime=mp, with clients connected");
        release.upgrade(with("runtime", "mp"));
        timeline.await(
                "fleet of the other runtime",
                Duration.ofMinutes(4),
                look -> look.ready() == 5 && look.leaving() == 0 && look.rolledOut() && onlyImages("-mp", look));
        timeline.hold("5 pods", STILL, look -> look.wanted() == 5);
        release.test();
        System.out.println("helm test passed");
        shrink();
    }

    /** No Prometheus: KEDA asks the pods. 70 connections, 20 a pod. */
    void withoutPrometheus() throws InterruptedException {
        configure("connections alone, without Prometheus (metrics-api)", metricsApi());
        growTo(70, 0, 4);
        shrink();
    }

    /**
     * The two alerts about the autoscaler. Clients for 4 pods come where {@value #MOST} are the most; meanwhile KEDA's source
     * is away for a time, and the fleet keeps its size.
     */
    void alerts(Alerts alerts) throws InterruptedException {
        Map<String, String> sound =
                with("autoscaling.messages.enabled", "false", "autoscaling.maxReplicas", String.valueOf(MOST));
        configure("alerts: at most " + MOST + " pods", sound);
        timeline.await(
                "silence of both alerts on a quiet fleet",
                ALERT,
                look -> Collections.disjoint(alerts.firing(), List.of(AT_MAX, BLIND)));
        load.resize(70);
        double full = timeline.await(AT_MAX, ALERT, look -> alerts.firing().contains(AT_MAX));

        Map<String, String> blind = new LinkedHashMap<>(sound);
        blind.put("autoscaling.prometheus.serverAddress", "http://nobody.example.svc:9090");
        release.upgrade(blind);
        double failing = timeline.await(
                BLIND + " and " + MOST + " pods",
                ALERT,
                look -> alerts.firing().contains(BLIND) && look.ready() == MOST && look.wanted() == MOST);
        // By then KEDA has fallen back, and its count of errors stands still.
        timeline.hold(BLIND, STILL, look -> alerts.firing().contains(BLIND));
        release.upgrade(sound);
        double healed = timeline.await(
                "end of " + BLIND, ALERT, look -> !alerts.firing().contains(BLIND));

        load.resize(FEW);
        double room = timeline.await(
                "end of " + AT_MAX, ALERT, look -> !alerts.firing().contains(AT_MAX));
        shrink();
        saw(BLIND, failing, healed);
        saw(AT_MAX, full, room);
    }

    private static void saw(String alert, double fired, double ended) {
        System.out.printf(Locale.ROOT, "%s: fired after %.1f s, ended after %.1f s%n", alert, fired, ended);
    }

    /** A selector cannot change, and another name would replace the fleet at once: Helm is told before it begins. */
    void changedName() {
        for (Map<String, String> values : List.of(
                with("nameOverride", "other"), with("nameOverride", "other", "fullnameOverride", "trial-tidegate"))) {
            try {
                release.upgrade(values);
            } catch (IllegalStateException e) {
                if (String.valueOf(e.getMessage()).contains("nameOverride or fullnameOverride has changed")) {
                    continue;
                }
                throw e;
            }
            throw new TrialFailedException("Helm took a changed name: " + values);
        }
        System.out.println("changed names are refused");
    }

    private void configure(String title, Map<String, String> values) throws InterruptedException {
        timeline.title(title);
        release.upgrade(values);
        timeline.await(
                "quiet fleet of " + MIN,
                START,
                look -> look.ready() == MIN
                        && look.wanted() == MIN
                        && look.leaving() == 0
                        && look.rolledOut()
                        && look.values().size() == (values.containsValue("false") ? 1 : 2));
    }

    private void growTo(int clients, int rate, int pods) throws InterruptedException {
        load.resize(clients);
        load.rate(rate);
        timeline.await(pods + " pods", SCALE, look -> look.ready() == pods && look.wanted() == pods && load.isWhole());
        timeline.hold(
                pods + " pods for " + clients + " clients and " + rate + " messages a second",
                STILL,
                look -> look.wanted() == pods && look.ready() == pods);
    }

    private void shrink() throws InterruptedException {
        load.rate(0);
        load.resize(FEW);
        timeline.await(
                "fleet of " + MIN,
                SCALE,
                look -> look.ready() == MIN && look.wanted() == MIN && look.leaving() == 0 && load.isWhole());
        List<String> drops = load.drops();
        if (!drops.isEmpty()) {
            throw new TrialFailedException(drops.size() + " clients were dropped: " + drops);
        }
    }

    private static boolean onlyImages(String part, Look look) {
        return !look.images().isEmpty() && look.images().keySet().stream().allMatch(image -> image.contains(part));
    }

    private static Map<String, String> metricsApi() {
        return Map.of("autoscaling.source", "metrics-api", "autoscaling.messages.enabled", "false");
    }

    private Map<String, String> with(String... keyAndValue) {
        Map<String, String> values = new LinkedHashMap<>(prometheus);
        for (int i = 0; i < keyAndValue.length; i += 2) {
            values.put(keyAndValue[i], keyAndValue[i + 1]);
        }
        return values;
    }
}
