package io.tidegate.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A fleet of nodes as docs/protocol.md describes it, on manual time: every topic is one log; each node takes it in with a
 * delay of its own, and hands it to its connections. Everything that can go wrong does so by the seed.
 */
final class SimulatedFleet implements Socket.Factory {
    final ManualTimers timers;
    final Random random;
    final List<SimulatedNode> nodes = new ArrayList<>();
    final int historySize;
    /** How often a subscription was told that something is lost. */
    int gapsTold;
    /** Whether now and then a node is full. */
    boolean refuses = true;
    /** Every how many publishes one is answered by relay-unavailable; 0 for none. */
    int everyNthPublishFails;

    /** Who may come in; everybody as long as no tokens have a life. */
    final SimulatedIssuer issuer;

    private final Map<String, List<Entry>> logs = new HashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private int publishes;

    /** Of each second after {@link #countedFrom}. */
    private int[] handshakes = {};

    private long countedFrom;

    /** A message of a topic. */
    record Entry(String id, String message) {}

    SimulatedFleet(ManualTimers timers, Random random, int historySize) {
        this.timers = timers;
        this.random = random;
        this.historySize = historySize;
        this.issuer = new SimulatedIssuer(timers);
        for (int i = 0; i < 3; i++) {
            nodes.add(new SimulatedNode(this, "node-" + i));
        }
    }

    /** From now on, and for two minutes. */
    void countHandshakesFrom(long nanoTime) {
        countedFrom = nanoTime;
        handshakes = new int[120];
    }

    int[] handshakes() {
        return handshakes;
    }

    List<Entry> log(String topic) {
        return logs.computeIfAbsent(topic, unknown -> new ArrayList<>());
    }

    static String position(int index) {
        return "e-" + index;
    }

    static int index(String position) {
        return Integer.parseInt(position.substring(2));
    }

    /** What a handshake meets: a node, by chance, as behind a Service. */
    @Override
    public void open(URI url, Optional<String> token, boolean handsOver, Duration atMost, Socket.Events events) {
        int second = (int) ((timers.nanoTime() - countedFrom) / 1_000_000_000);
        if (second < handshakes.length) {
            handshakes[second]++;
        }
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        timers.after(latency(), () -> {
            if (!node.up) {
                events.ended(new Socket.End.Failed("ConnectException: refused"));
            } else if (node.leaving || (refuses && random.nextInt(20) == 0)) {
                events.ended(new Socket.End.Refused(503, Optional.of(Duration.ofSeconds(1))));
            } else if (issuer.isClosed() && token.filter(issuer::counts).isEmpty()) {
                issuer.refused++;
                events.ended(new Socket.End.Refused(401, Optional.empty()));
            } else {
                node.accept(token, events);
            }
        });
    }

    /** Returns the position, or empty where the relay says that nobody knows; then it may have happened. */
    Optional<String> publish(String topic, String id, String message) {
        publishes++;
        boolean fails = everyNthPublishFails > 0 && publishes % everyNthPublishFails == 0;
        if (fails && random.nextBoolean()) {
            return Optional.empty();
        }
        String key = topic + " " + id;
        Integer known = ids.get(key);
        if (known == null) {
            known = log(topic).size();
            ids.put(key, known);
            log(topic).add(new Entry(id, message));
            nodes.forEach(node -> node.takeIn(topic));
        }
        return fails ? Optional.empty() : Optional.of(position(known));
    }

    boolean inHistory(String topic, int index) {
        return index + 1 >= log(topic).size() - historySize;
    }

    Duration latency() {
        return Duration.ofMillis(1 + (random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(20)));
    }
}
