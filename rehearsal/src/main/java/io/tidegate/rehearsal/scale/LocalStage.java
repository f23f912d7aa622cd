package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import io.tidegate.testing.Folders;
import io.tidegate.testing.FreePort;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A fleet of processes on this machine, scaled by the HPA's published algorithm. For the rehearsal's thread. */
final class LocalStage implements Stage {
    /** The interval of the chart's monitor. */
    private static final Duration SCRAPE = Duration.ofSeconds(15);

    /** The number of pods that may still be leaving while the fleet has its maximum. */
    private static final int LEAVING = 10;

    private final Path directory;
    private final RedisServer redis;
    private final PrometheusSource prometheus;
    private final List<Haproxy> proxies = new ArrayList<>();
    private final List<Integer> proxyPorts;
    private final RehearsalPlan plan;
    private final Scaling scaling;
    private final Scaler scaler;
    private final Replicas replicas;

    /**
     * Starts everything, with the minimum number of pods.
     *
     * @param proxies how many HAProxies share the clients
     * @param connections that each of them may carry
     */
    LocalStage(RehearsalPlan plan, Chart chart, Scaling scaling, int proxies, int connections) {
        this.plan = plan;
        this.scaling = scaling;
        directory = Folders.create("rehearsal-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(directory)));
        RollingUpdate update = RollingUpdate.of(chart.deployment());
        List<Slot> slots = Slot.of(chart.name(), scaling.max() + update.surge(scaling.max()) + LEAVING);
        proxyPorts = Stream.generate(FreePort::find).limit(proxies).toList();
        Speed speed = plan.speed();
        redis = RedisServer.start();
        prometheus = new PrometheusSource(directory.resolve("prometheus"), FreePort.find(), slots, speed.real(SCRAPE));
        for (int i = 0; i < proxies; i++) {
            this.proxies.add(new Haproxy(directory.resolve("proxy-" + i), proxyPorts.get(i), slots, connections));
        }
        scaler = new Scaler(scaling, speed, prometheus);
        PodTemplate template = PodTemplate.of(chart.deployment());
        Map<String, String> settings =
                ShortSettings.of(template.settings(), speed, plan.servers().rebalance());
        settings.put("tidegate.relay.url", redis.url().toString());
        Pod.Kubelet kubelet = new Pod.Kubelet(
                this.proxies,
                speed.real(template.readiness()),
                speed.real(template.preStop()),
                template.grace(),
                template.costInterval().map(speed::real));
        List<Path> jars = plan.servers().jars();
        // All pods of a surge start at the same moment, on one machine instead of ten.
        jars.forEach(ServerProcess::prepare);
        replicas = new Replicas(slots, update, (slot, number, revision) -> {
            Map<String, String> own = new LinkedHashMap<>(settings);
            if (template.hasRevision()) {
                own.put("tidegate.fleet.revision", "revision-" + revision);
            }
            return new Pod(new Pod.Place(slot, number, revision), jars.get(number % jars.size()), own, kubelet);
        });
        replicas.scale(scaling.min());
    }

    @Override
    public Scaling scaling() {
        return scaling;
    }

    @Override
    public List<URI> targets() {
        return proxyPorts.stream()
                .map(port -> URI.create("ws://127.0.0.1:" + port))
                .toList();
    }

    @Override
    public List<PodView> pods() {
        return replicas.all().stream().map(Replica::view).toList();
    }

    @Override
    public Duration pace() {
        return plan.speed().real(Scaling.SYNC);
    }

    @Override
    public Decision look(Duration now) {
        Decision decision = scaler.look(now, replicas.wanted());
        replicas.scale(decision.replicas());
        return decision;
    }

    @Override
    public void replacePods() {
        replicas.replaceAll();
    }

    @Override
    public boolean arePodsReplaced() {
        replicas.step();
        return replicas.isComplete();
    }

    @Override
    public List<String> notes() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "Real servers (%s), Redis, Prometheus and HAProxy with least connections; the triggers and the behavior of"
                                + " %s, decided on by the HPA's published algorithm. Time is compressed: all waiting"
                                + " times of the scenario are %.0f times shorter than in reality, and all times here"
                                + " are those of the scenario. The start of a server is not compressed, so it seems"
                                + " slow. Rates of messages"
                                + " are not compressed.",
                        plan.servers().jars().size() > 1 ? "SE and MP in turn" : "one runtime",
                        plan.article() ? "the article's ScaledObject" : "the rendered chart",
                        plan.speed().factor()),
                plan.servers().rebalance() ? EVEN : UNEVEN);
    }

    @Override
    public void close() {
        replicas.killAll();
        proxies.forEach(Haproxy::close);
        prometheus.close();
        redis.close();
        Folders.delete(directory);
    }
}
