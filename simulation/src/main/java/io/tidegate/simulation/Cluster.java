package io.tidegate.simulation;

import io.tidegate.access.Identity;
import io.tidegate.hub.Admission;
import io.tidegate.hub.Connection;
import io.tidegate.hub.Peer;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.relay.SimulatedRedis;
import io.tidegate.settings.Settings;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pods, Redis, and the Service that sends each client to one of them. */
final class Cluster {
    private static final long HANDSHAKE_NANOS = 3_000_000;
    private static final long GIVE_UP_NANOS = 4_000_000_000L;

    private final World world;
    private final Function<String, Settings> settings;
    private final SimulatedRedis redis;
    private final Ledger ledger;
    private final Random random;
    private final List<Pod> pods = new ArrayList<>();
    private final Map<Tcp, Pod> connections = new HashMap<>();
    private final List<Tcp> ordered = new ArrayList<>();
    private int started;

    /**
     * Makes a cluster without pods.
     *
     * @param settings of the pod of this name
     */
    Cluster(World world, Function<String, Settings> settings, SimulatedRedis redis, Ledger ledger) {
        this.world = world;
        this.settings = settings;
        this.redis = redis;
        this.ledger = ledger;
        this.random = world.random("service");
    }

    Pod start() {
        started++;
        String name = "pod-" + started;
        Pod pod = new Pod(world, name, settings.apply(name), redis);
        pods.add(pod);
        return pod;
    }

    List<Pod> pods() {
        pods.removeIf(pod -> !pod.isAlive());
        return pods;
    }

    SimulatedRedis redis() {
        return redis;
    }

    /** Starts Redis again without a data file. */
    void startRedisEmpty() {
        ledger.redisLost();
        redis.startEmpty();
    }

    /** Promotes a replica that is behind. */
    void startRedisBehind() {
        ledger.redisForked();
        redis.startBehind();
    }

    /** The connections of this pod, in the order in which they were made. */
    List<Tcp> of(Pod pod) {
        ordered.removeIf(tcp -> {
            boolean ended = !tcp.isOpen();
            if (ended) {
                connections.remove(tcp);
            }
            return ended;
        });
        return ordered.stream().filter(tcp -> connections.get(tcp) == pod).toList();
    }

    /** The result of a handshake. */
    interface Handshake {
        void opened(Tcp tcp);

        void refused(int status, int retryAfterSeconds);

        void failed();
    }

    /**
     * Sends a client's handshake to a pod.
     *
     * @param topics the topics of the URL
     */
    void connect(Tcp.Client client, Wire wire, List<Topic> topics, Handshake handshake) {
        List<Pod> ready = pods().stream().filter(Pod::isReady).toList();
        // A load balancer notices with a delay that a pod is no longer ready.
        List<Pod> known = random.nextInt(10) == 0 ? pods() : ready;
        if (known.isEmpty()) {
            world.in(random.nextLong(HANDSHAKE_NANOS), "", handshake::failed);
            return;
        }
        Pod pod = known.get(random.nextInt(known.size()));
        Tcp tcp = new Tcp(world, pod.host(), client, random);
        boolean[] answered = {false};
        pod.after(random.nextLong(HANDSHAKE_NANOS), () -> {
            if (answered[0]) {
                return; // the client has given up
            }
            answered[0] = true;
            admit(pod, tcp, wire, topics, handshake);
        });
        world.in(GIVE_UP_NANOS, "", () -> {
            if (!answered[0]) {
                answered[0] = true;
                handshake.failed();
            }
        });
    }

    private void admit(Pod pod, Tcp tcp, Wire wire, List<Topic> topics, Handshake handshake) {
        Admission.Decision decision =
                pod.core().hub().admission().admit(null, InetAddress.getLoopbackAddress(), List.of(), false);
        switch (decision) {
            case Admission.Refused refused -> {
                world.cover("handshake refused");
                world.in(
                        random.nextLong(HANDSHAKE_NANOS),
                        "",
                        () -> handshake.refused(refused.status(), refused.retryAfterSeconds()));
            }
            case Admission.Permit permit -> {
                world.cover("handshake");
                Connection connection = pod.begin(tcp, new Peer(wire, topics, permit, Identity.OPEN));
                connections.put(tcp, pod);
                ordered.add(tcp);
                pod.after(random.nextLong(HANDSHAKE_NANOS), connection::opened);
                world.in(random.nextLong(HANDSHAKE_NANOS), "", () -> {
                    if (!tcp.endedForClient()) {
                        handshake.opened(tcp);
                    }
                });
            }
        }
    }

    /** A random connection. */
    void one(Consumer<Tcp> action) {
        List<Tcp> open = ordered.stream().filter(Tcp::isOpen).toList();
        if (!open.isEmpty()) {
            action.accept(open.get(random.nextInt(open.size())));
        }
    }

    /** The first limit that is exceeded. */
    @Nullable
    String excess() {
        for (Pod pod : pods()) {
            String excess = pod.excess();
            if (excess != null) {
                return excess;
            }
        }
        return null;
    }
}
