package io.tidegate.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Both ends of one connection of a {@link SimulatedNode}, and the network between them, which keeps the order. */
final class SimulatedConnection implements Socket {
    private static final long HEARTBEAT_MS = 2_000;

    private final SimulatedNode node;
    private final SimulatedFleet fleet;
    private final Socket.Events events;
    /** The index that each subscribed topic delivers next. */
    private final Map<String, Integer> next = new HashMap<>();
    /** Arrived at the client, and not read. */
    private final List<String> unread = new ArrayList<>();

    private int demand;
    private long lastToClient;
    private long lastToServer;
    private boolean clientGone;
    private boolean serverGone;
    private boolean hangs;
    private Optional<String> token = Optional.empty();

    SimulatedConnection(SimulatedNode node, Socket.Events events) {
        this.node = node;
        this.fleet = node.fleet;
        this.events = events;
    }

    void welcome(Optional<String> brought) {
        events.opened(this);
        token = brought.filter(text -> fleet.issuer.isClosed());
        String who = token.map(text -> "\"user\":\"ann\",\"expiresInMs\":" + fleet.issuer.leftMs(text) + ",")
                .orElse("");
        token.ifPresent(this::endWith);
        toClient("{\"type\":\"welcome\"," + who + "\"connection\":\"c\",\"node\":\"" + node.name + "\",\"heartbeatMs\":"
                + HEARTBEAT_MS + ",\"limits\":{\"message\":65536,\"topics\":128,\"queue\":1048576,\"rate\":0}}");
        heartbeat();
    }

    /** The connection ends with the token, unless there is another one by then. */
    private void endWith(String text) {
        fleet.timers.after(Duration.ofMillis(fleet.issuer.leftMs(text)), () -> {
            if (!serverGone && !clientGone && token.equals(Optional.of(text))) {
                fleet.issuer.expired++;
                toClient("{\"type\":\"error\",\"code\":\"token-expired\",\"message\":\"over\"}");
                closeByServer(4401);
            }
        });
    }

    private void renew(String text) {
        if (fleet.issuer.counts(text)) {
            token = Optional.of(text);
            endWith(text);
            toClient("{\"type\":\"token\",\"expiresInMs\":" + fleet.issuer.leftMs(text) + "}");
        } else {
            toClient("{\"type\":\"error\",\"code\":\"invalid-token\",\"message\":\"no\",\"answers\":\"token\"}");
        }
    }

    private void heartbeat() {
        fleet.timers.after(Duration.ofMillis(HEARTBEAT_MS), () -> {
            if (!serverGone && !clientGone) {
                toClient("{\"type\":\"heartbeat\",\"timestamp\":1}");
                heartbeat();
            }
        });
    }

    void announceShutdown(int slotMs) {
        toClient("{\"type\":\"server-shutdown\",\"message\":\"bye\",\"reconnectAfterMs\":" + slotMs + "}");
    }

    /** Both directions are cut, and what is under way is lost. */
    void reset() {
        end(new End.Failed("SocketException: reset"), fleet.timers.nanoTime());
    }

    void closeByServer(int code) {
        end(new End.Closed(code, ""), lastToClient);
    }

    private void end(End end, long at) {
        if (!serverGone) {
            serverGone = true;
            node.remove(this);
            fleet.timers.at(Math.max(at, fleet.timers.nanoTime()), () -> {
                boolean known = clientGone;
                clientGone = true;
                if (!known && !hangs) {
                    events.ended(end);
                }
            });
        }
    }

    /** Nothing passes any more, and nobody is told. */
    void hang() {
        hangs = true;
        serverGone = true;
        node.remove(this);
    }

    /** As after an outage of the relay: delivery begins at the present. */
    void missMessages() {
        for (Map.Entry<String, Integer> topic : next.entrySet()) {
            topic.setValue(node.taken(topic.getKey()));
            fleet.gapsTold++;
            subscribed(topic.getKey(), topic.getValue() - 1, false);
        }
    }

    void deliver(String topic) {
        Integer from = next.get(topic);
        if (serverGone || from == null) {
            return;
        }
        int to = node.taken(topic);
        for (int i = from; i < to; i++) {
            toClient("{\"type\":\"message\",\"topic\":\"" + topic + "\",\"position\":\"" + SimulatedFleet.position(i)
                    + "\",\"message\":" + fleet.log(topic).get(i).message() + ",\"timestamp\":1}");
        }
        next.put(topic, Math.max(from, to));
    }

    private void serve(String frame) {
        Optional<String> renewal = field(frame, "token").filter(text -> token.isPresent());
        if (renewal.isPresent()) {
            renew(renewal.get());
            return;
        }
        String topic = field(frame, "topic").orElseThrow();
        switch (field(frame, "type").orElseThrow()) {
            case "publish" -> publish(topic, field(frame, "id").orElseThrow(), frame);
            case "subscribe" -> subscribe(topic, field(frame, "after"));
            case "unsubscribe" -> {
                next.remove(topic);
                toClient("{\"type\":\"unsubscribed\",\"topic\":\"" + topic
                        + "\",\"position\":\"e-0\",\"recovered\":true}");
            }
            default -> throw new AssertionError(frame);
        }
    }

    private void publish(String topic, String id, String frame) {
        String message = frame.substring(frame.indexOf("\"message\":") + 10, frame.length() - 1);
        Optional<String> position = fleet.publish(topic, id, message);
        toClient(position.map(at -> "{\"type\":\"ack\",\"id\":\"" + id + "\",\"topic\":\"" + topic
                        + "\",\"position\":\"" + at + "\"}")
                .orElse("{\"type\":\"error\",\"code\":\"relay-unavailable\",\"message\":\"down\",\"id\":\"" + id
                        + "\"}"));
    }

    private void subscribe(String topic, Optional<String> after) {
        if (after.isEmpty()) {
            next.put(topic, node.taken(topic));
            subscribed(topic, node.taken(topic) - 1, true);
        } else if (fleet.inHistory(topic, SimulatedFleet.index(after.get()))) {
            next.put(topic, SimulatedFleet.index(after.get()) + 1);
            subscribed(topic, SimulatedFleet.index(after.get()), true);
            deliver(topic);
        } else {
            next.put(topic, node.taken(topic));
            fleet.gapsTold++;
            subscribed(topic, node.taken(topic) - 1, false);
        }
    }

    private void subscribed(String topic, int index, boolean recovered) {
        toClient("{\"type\":\"subscribed\",\"topic\":\"" + topic + "\",\"position\":\"" + SimulatedFleet.position(index)
                + "\",\"recovered\":" + recovered + "}");
    }

    private void toClient(String frame) {
        if (serverGone) {
            return;
        }
        lastToClient =
                Math.max(lastToClient, fleet.timers.nanoTime() + fleet.latency().toNanos());
        fleet.timers.at(lastToClient, () -> {
            if (!clientGone && !hangs) {
                unread.add(frame);
                hand();
            }
        });
    }

    private void hand() {
        while (demand > 0 && !unread.isEmpty()) {
            demand--;
            events.text(unread.removeFirst());
        }
    }

    @Override
    public void send(String text) {
        toServer(() -> serve(text));
    }

    private void toServer(Runnable arrival) {
        if (clientGone) {
            return;
        }
        lastToServer =
                Math.max(lastToServer, fleet.timers.nanoTime() + fleet.latency().toNanos());
        fleet.timers.at(lastToServer, () -> {
            if (!serverGone) {
                arrival.run();
            }
        });
    }

    @Override
    public void read() {
        demand++;
        hand();
    }

    @Override
    public void close(int code) {
        toServer(() -> closeByServer(code));
    }

    @Override
    public void abort() {
        clientGone = true;
        toServerGone();
    }

    private void toServerGone() {
        serverGone = true;
        node.remove(this);
    }

    private static Optional<String> field(String frame, String name) {
        int at = frame.indexOf("\"" + name + "\":\"");
        int start = at + name.length() + 4;
        return at < 0 ? Optional.empty() : Optional.of(frame.substring(start, frame.indexOf('"', start)));
    }
}
