package io.tidegate.chaos;

import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pods behind one address, and their Redis, as in Kubernetes: a new pod has a new port, which clients do not know. */
final class Fleet implements AutoCloseable {
    static final String API_KEY = "a-key-for-runs-that-nobody-else-reaches";

    /** The limit of a start. A start takes two seconds, but two cores run servers, clients and everything else. */
    private static final Duration START = Duration.ofMinutes(2);

    private final RedisServer redis;
    private final List<Pod> pods = new CopyOnWriteArrayList<>();
    private final TcpProxy proxy = TcpProxy.start(() -> next(ServerProcess::port));
    private final TcpProxy apiDoor = TcpProxy.start(() -> next(ServerProcess::apiPort));
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final ChaosPlan.Servers servers;

    /** One server, and its own link to Redis. */
    static final class Pod {
        final String name;
        final ServerProcess server;
        final TcpProxy link;
        /** Whether the address leads to this pod. */
        private volatile boolean chosen = true;
        /** Whether a fault is about to end this pod. */
        private boolean claimed;

        Pod(String name, ServerProcess server, TcpProxy link) {
            this.name = name;
            this.server = server;
            this.link = link;
        }

        /** The address does not lead to this pod any more. */
        void leave() {
            chosen = false;
        }

        boolean serves() {
            return chosen && server.isAlive();
        }
    }

    /**
     * Starts only Redis and the address.
     *
     * @param isKilled whether Redis will be killed, and so must lose nothing. By default Redis answers before its file is
     *     written, up to two seconds before where the disk is busy (Redis's documentation on persistence, appendfsync).
     *     Because every answer then waits for the disk, this is only set where it is needed
     */
    Fleet(ChaosPlan.Servers servers, boolean isKilled) {
        this.servers = servers;
        this.redis =
                isKilled ? RedisServer.start("--appendonly", "yes", "--appendfsync", "always") : RedisServer.start();
    }

    String url() {
        return "ws://localhost:" + proxy.port() + "/chat";
    }

    /** The address of each pod that serves now, for clients that connect to pods directly. */
    List<String> urlsOfPods() {
        return serving().stream()
                .map(pod -> "ws://localhost:" + pod.server.port() + "/chat")
                .toList();
    }

    /** The port at which back ends reach the pods; each connection leads to another pod. */
    int apiPort() {
        return apiDoor.port();
    }

    RedisServer redis() {
        return redis;
    }

    List<Pod> serving() {
        return pods.stream().filter(Pod::serves).toList();
    }

    /** Starts this many pods at the same time. */
    void start(int count) {
        List<CompletableFuture<Pod>> starts = IntStream.range(0, count)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        this::start, task -> Thread.ofVirtual().start(task)))
                .toList();
        starts.forEach(CompletableFuture::join);
    }

    /** Starts a pod, waits until it is ready, and directs clients to it. Takes seconds. */
    Pod start() {
        int number = started.getAndIncrement();
        TcpProxy link = TcpProxy.start(() -> OptionalInt.of(redis.port()));
        Path jar = servers.jars().get(number % servers.jars().size());
        Map<String, String> all = new LinkedHashMap<>(servers.settings());
        all.put("tidegate.node", "pod-" + number);
        all.put("tidegate.api.keys", API_KEY);
        all.put("tidegate.relay.url", "redis://127.0.0.1:" + link.port());
        Pod pod = new Pod("pod-" + number, ServerProcess.start(jar, all, START), link);
        pods.add(pod);
        return pod;
    }

    /** A pod that the caller may end while others stay. Each pod is claimed once. */
    Optional<Pod> claim(RandomGenerator random) {
        return claim(free -> free.get(random.nextInt(free.size())));
    }

    /** Claims the oldest pod. */
    Optional<Pod> claimOldest() {
        return claim(List::getFirst);
    }

    private Optional<Pod> claim(Function<List<Pod>, Pod> choice) {
        synchronized (pods) {
            List<Pod> free = serving().stream().filter(pod -> !pod.claimed).toList();
            if (free.size() < 2) {
                return Optional.empty();
            }
            Pod pod = choice.apply(free);
            pod.claimed = true;
            return Optional.of(pod);
        }
    }

    /** Waits for the end of the pod's process, and removes the pod. */
    void bury(Pod pod, Duration atMost) {
        pod.leave();
        pod.server.awaitExit(atMost);
        keepLog(pod);
        pod.link.close();
        pods.remove(pod);
    }

    private void keepLog(Pod pod) {
        if (servers.logs().isPresent()) {
            Path directory = servers.logs().get();
            try {
                Files.createDirectories(directory);
                Files.writeString(directory.resolve(pod.name + ".log"), pod.server.output() + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException("keeping the log of " + pod.name, e);
            }
        }
    }

    private OptionalInt next(ToIntFunction<ServerProcess> port) {
        List<Pod> serving = serving();
        return serving.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(
                        port.applyAsInt(serving.get(Math.floorMod(turn.getAndIncrement(), serving.size())).server));
    }

    /** Lines of the pods' output that are not routine. */
    Stream<String> alarms() {
        return pods.stream()
                .flatMap(pod -> pod.server
                        .output()
                        .lines()
                        .filter(line -> line.contains("SEVERE") || line.contains("ERROR") || line.contains("Exception"))
                        .map(line -> pod.name + ": " + line));
    }

    @Override
    public void close() {
        proxy.close();
        apiDoor.close();
        pods.forEach(pod -> {
            pod.server.close();
            keepLog(pod);
            pod.link.close();
        });
        redis.close();
    }
}
