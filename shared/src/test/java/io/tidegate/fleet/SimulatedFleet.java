package io.tidegate.fleet;

import io.tidegate.owner.Threads;
import io.tidegate.relay.MemoryBus;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Nodes that hear each other, and clients that come back at once by way of a balancer. */
final class SimulatedFleet implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(50);

    final ManualClock clock = new ManualClock();
    final List<SimulatedNode> nodes = new ArrayList<>();
    /** To which nobody is led any more, as to a pod that is being deleted. */
    final List<SimulatedNode> withdrawn = new ArrayList<>();

    private final List<SimulatedNode> all = new ArrayList<>();
    private final MemoryBus bus = new MemoryBus(Settings.defaults(), new Threads(() -> {}), clock);
    private final Function<List<SimulatedNode>, SimulatedNode> balancer;

    /**
     * An empty fleet.
     *
     * @param balancer chooses where a client connects, of those that take more
     */
    SimulatedFleet(Function<List<SimulatedNode>, SimulatedNode> balancer) {
        this.balancer = balancer;
    }

    /** Starts a node. */
    SimulatedNode start(Map<String, String> configuration) {
        Map<String, String> values = new HashMap<>(configuration);
        values.putIfAbsent("tidegate.relay.url", "redis://localhost");
        SimulatedNode node = new SimulatedNode(SettingsReader.read(values, Map.of()), clock, bus);
        nodes.add(node);
        all.add(node);
        return node;
    }

    /** Takes a node away without a word; its clients come back elsewhere. */
    void crash(SimulatedNode node) throws InterruptedException {
        nodes.remove(node);
        int clients = node.connections();
        node.close();
        arrive(clients);
    }

    /** Lets so many clients connect. */
    void arrive(int clients) throws InterruptedException {
        for (int i = 0; i < clients; i++) {
            balancer.apply(nodes.stream()
                            .filter(node -> node.takesMore() && !withdrawn.contains(node))
                            .toList())
                    .connect(1);
        }
    }

    /** Lets time pass. */
    void pass(Duration time) throws InterruptedException {
        for (Duration left = time; left.isPositive(); left = left.minus(STEP)) {
            clock.advance(STEP);
            for (SimulatedNode node : List.copyOf(nodes)) {
                node.tick();
                arrive(node.letGo());
            }
        }
    }

    long rebalanced() {
        return all.stream().mapToLong(SimulatedNode::rebalanced).sum();
    }

    List<Integer> connections() {
        return nodes.stream().map(SimulatedNode::connections).toList();
    }

    @Override
    public void close() {
        all.forEach(SimulatedNode::close);
    }
}
