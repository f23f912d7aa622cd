package io.tidegate.rehearsal.scale;

import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One server process with the life that a kubelet gives it, on its own virtual thread. It is started, checked until it is
 * ready, and admitted to the proxies. When it must leave, it is dismissed from the proxies at once, then waits for
 * preStop, gets SIGTERM, and is waited for.
 */
final class Pod implements Replica {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration COUNT_EACH = Duration.ofMillis(200);
    private static final Pattern READ_CONNECTIONS = Pattern.compile("\"connections\":(\\d+)");
    private static final Pattern READ_CUT = Pattern.compile("Drained in .*, (\\d+) were cut");

    /**
     * The surroundings of a pod.
     *
     * @param proxies that direct clients to pods
     * @param readiness between two checks, in real time
     * @param preStop in real time
     * @param grace from SIGTERM to SIGKILL, in real time
     * @param costInterval between two writes of a pod's deletion cost, in real time; empty where pods tell none
     */
    record Kubelet(
            List<Haproxy> proxies,
            Duration readiness,
            Duration preStop,
            Duration grace,
            Optional<Duration> costInterval) {}

    /**
     * A pod's place in its fleet.
     *
     * @param number of the pod in the order in which all pods started
     */
    record Place(Slot slot, int number, int revision) {}

    private final Place place;
    private final Slot slot;
    private final Kubelet kubelet;
    private final Optional<DeletionCost> cost;
    private final CountDownLatch toLeave = new CountDownLatch(1);
    private final Thread life;
    private volatile PodView.Phase phase = PodView.Phase.STARTING;
    private volatile int forced;
    private volatile int connections;
    private volatile String failure = "";
    private volatile @Nullable ServerProcess server;

    /** Starts the pod's life. */
    Pod(Place place, Path jar, Map<String, String> settings, Kubelet kubelet) {
        this.place = place;
        this.slot = place.slot();
        this.kubelet = kubelet;
        this.cost = kubelet.costInterval().map(DeletionCost::new);
        Map<String, String> own = new LinkedHashMap<>(settings);
        own.put("tidegate.node", slot.name());
        own.put("tidegate.port", String.valueOf(slot.port()));
        own.put("tidegate.management.port", String.valueOf(slot.managementPort()));
        life = Thread.ofVirtual().name(slot.name()).start(() -> live(jar, own));
    }

    @Override
    public Slot slot() {
        return slot;
    }

    @Override
    public int revision() {
        return place.revision();
    }

    @Override
    public PodView.Phase phase() {
        return phase;
    }

    @Override
    public int cost() {
        return cost.map(DeletionCost::get).orElse(0);
    }

    @Override
    public PodView view() {
        return new PodView("pod " + (place.number() + 1), phase, connections, forced, failure);
    }

    @Override
    public synchronized void leave() {
        if (phase == PodView.Phase.STARTING || phase == PodView.Phase.READY) {
            phase = PodView.Phase.LEAVING;
            toLeave.countDown();
        }
    }

    @Override
    public void kill() {
        synchronized (this) {
            phase = PodView.Phase.GONE;
        }
        toLeave.countDown();
        ServerProcess running = server;
        if (running != null) {
            running.close();
        }
        life.interrupt();
    }

    private void live(Path jar, Map<String, String> settings) {
        try {
            ServerProcess started = ServerProcess.start(jar, settings, START);
            server = started;
            Thread.ofVirtual().name("count of " + slot.name()).start(() -> count(started));
            if (awaitReady(started)) {
                kubelet.proxies().forEach(proxy -> proxy.admit(slot));
                toLeave.await();
            }
            kubelet.proxies().forEach(proxy -> proxy.dismiss(slot));
            if (phase == PodView.Phase.GONE) {
                return;
            }
            Thread.sleep(kubelet.preStop());
            started.terminate();
            int code = started.awaitExit(kubelet.grace());
            if (code != 0) {
                failure = "exit code " + code;
            }
            forced = cut(started.output());
        } catch (InterruptedException e) {
            // The pod was killed.
        } catch (AssertionError | RuntimeException e) {
            failure = phase == PodView.Phase.GONE ? "" : String.valueOf(e.getMessage());
        } finally {
            synchronized (this) {
                phase = PodView.Phase.GONE;
            }
        }
    }

    /** Waits until the server is ready. Returns false if the pod must leave before it has ever been ready. */
    private boolean awaitReady(ServerProcess started) throws InterruptedException {
        while (!isReady(started)) {
            if (toLeave.await(kubelet.readiness().toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        synchronized (this) {
            if (phase == PodView.Phase.STARTING) {
                phase = PodView.Phase.READY;
            }
            return phase == PodView.Phase.READY;
        }
    }

    /** Counts on a separate thread: a busy server answers late, and must not delay a look at all pods. */
    private void count(ServerProcess started) {
        try {
            while (phase != PodView.Phase.GONE) {
                Thread.sleep(COUNT_EACH);
                connections = countOf(started);
                cost.ifPresent(told -> told.count(connections, System.nanoTime()));
            }
        } catch (InterruptedException e) {
            // The rehearsal ends.
        }
    }

    private int countOf(ServerProcess started) {
        try {
            Matcher count = READ_CONNECTIONS.matcher(started.get("/connections").body());
            return count.find() ? Integer.parseInt(count.group(1)) : connections;
        } catch (RuntimeException e) {
            // The server is about to end, or is busy.
            return connections;
        }
    }

    private static boolean isReady(ServerProcess started) {
        try {
            return started.get("/health/ready").statusCode() == 200;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static int cut(String output) {
        Matcher matcher = READ_CUT.matcher(output);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
