package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import io.tidegate.testing.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Everything that runs beside the clients. The rehearsal's thread. */
final class Stage implements AutoCloseable {
    /** Of the chart's monitor. */
    private static final Duration SCRAPE = Duration.ofSeconds(15);

    /** Pods that may still be leaving while there are as many as there may be. */
    private static final int LEAVING = 10;

    private final Path directory;
    private final RedisServer redis;
    private final Prometheus prometheus;
    private final List<Haproxy> proxies = new ArrayList<>();
    private final List<Integer> doors;
    private final Scaler scaler;
    private final Replicas replicas;

    /**
     * Starts all but the pods.
     *
     * @param proxies how many HAProxies share the clients
     * @param connections that each of them may carry
     */
    Stage(RehearsalPlan plan, Chart chart, Scaling scaling, int proxies, int connections) {
        directory = newDirectory();
        Runtime.getRuntime().addShutdownHook(new Thread(this::removeDirectory));
        List<Slot> slots = Slot.of(chart.name(), scaling.max() + LEAVING);
        List<Integer> ports = Slot.freePorts(proxies + 1);
        doors = ports.subList(1, ports.size());
        Speed speed = plan.speed();
        redis = RedisServer.start();
        prometheus = Prometheus.start(directory, ports.getFirst(), slots, speed.real(SCRAPE));
        for (int i = 0; i < proxies; i++) {
            this.proxies.add(Haproxy.start(directory.resolve("proxy-" + i), doors.get(i), slots, connections));
        }
        scaler = new Scaler(scaling, speed, prometheus::ask);
        PodTemplate template = PodTemplate.of(chart.deployment());
        Map<String, String> settings =
                ShortSettings.of(template.settings(), speed, plan.servers().rebalance());
        settings.put("tidegate.relay.url", redis.url().toString());
        Pod.Kubelet kubelet = new Pod.Kubelet(
                endpoints(), speed.real(template.readiness()), speed.real(template.preStop()), template.grace());
        List<Image> images = plan.servers().jars().stream()
                .map(jar -> Image.make(jar, directory))
                .toList();
        replicas = new Replicas(
                slots, (slot, number) -> new Pod(slot, number, images.get(number % images.size()), settings, kubelet));
    }

    private Pod.Endpoints endpoints() {
        return new Pod.Endpoints() {
            @Override
            public void admit(Slot slot) {
                proxies.forEach(proxy -> proxy.admit(slot));
            }

            @Override
            public void dismiss(Slot slot) {
                proxies.forEach(proxy -> proxy.dismiss(slot));
            }
        };
    }

    /** Where clients connect to. */
    List<URI> targets() {
        return doors.stream().map(port -> URI.create("ws://127.0.0.1:" + port)).toList();
    }

    Replicas replicas() {
        return replicas;
    }

    /** A look of the HPA, whose decision is carried out. */
    Decision look(Duration now) {
        Decision decision = scaler.look(now, replicas.count());
        replicas.scale(decision.replicas());
        return decision;
    }

    @Override
    public void close() {
        replicas.killAll();
        proxies.forEach(Haproxy::close);
        prometheus.close();
        redis.close();
        removeDirectory();
    }

    private void removeDirectory() {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("rehearsal-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
