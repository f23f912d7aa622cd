package io.tidegate.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One server of a {@link SimulatedFleet}. */
final class SimulatedNode {
    final SimulatedFleet fleet;
    final String name;
    boolean up = true;
    boolean leaving;

    private final List<SimulatedConnection> connections = new ArrayList<>();
    /** How much of each topic's log has arrived here. */
    private final Map<String, Integer> taken = new HashMap<>();

    private long lastArrival;

    SimulatedNode(SimulatedFleet fleet, String name) {
        this.fleet = fleet;
        this.name = name;
    }

    void accept(Optional<String> token, Socket.Events events) {
        SimulatedConnection connection = new SimulatedConnection(this, events);
        connections.add(connection);
        connection.welcome(token);
    }

    int taken(String topic) {
        return taken.getOrDefault(topic, 0);
    }

    /** A message was appended to the topic: it arrives some time later, in order. */
    void takeIn(String topic) {
        int size = fleet.log(topic).size();
        lastArrival =
                Math.max(lastArrival, fleet.timers.nanoTime() + fleet.latency().toNanos());
        fleet.timers.at(lastArrival, () -> {
            taken.merge(topic, size, Math::max);
            List.copyOf(connections).forEach(connection -> connection.deliver(topic));
        });
    }

    /** SIGKILL, and a new one in its place after a while. */
    void kill() {
        kill(Duration.ofMillis(200));
    }

    void kill(Duration away) {
        up = false;
        List.copyOf(connections).forEach(SimulatedConnection::reset);
        connections.clear();
        fleet.timers.after(away, () -> {
            up = true;
            leaving = false;
        });
    }

    /** SIGTERM: a notice with a moment of its own for each connection, a close 2 s behind it, then the end. */
    void drain() {
        if (!up || leaving) {
            return;
        }
        leaving = true;
        for (SimulatedConnection connection : List.copyOf(connections)) {
            int slot = 100 + fleet.random.nextInt(4_000);
            connection.announceShutdown(slot);
            fleet.timers.after(Duration.ofMillis(slot + 2_000), () -> connection.closeByServer(1012));
        }
        fleet.timers.after(Duration.ofSeconds(7), this::kill);
    }

    /** One connection is cut, or hangs without a sound, or is told that messages were missed. */
    void disturbOne(boolean missMessages) {
        if (connections.isEmpty()) {
            return;
        }
        SimulatedConnection victim = connections.get(fleet.random.nextInt(connections.size()));
        switch (fleet.random.nextInt(missMessages ? 5 : 4)) {
            case 0 -> victim.reset();
            case 1 -> victim.hang();
            case 2 -> victim.closeByServer(1013);
            case 3 -> victim.announceShutdown(fleet.random.nextInt(500));
            default -> victim.missMessages();
        }
    }

    void remove(SimulatedConnection connection) {
        connections.remove(connection);
    }
}
