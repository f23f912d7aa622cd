package io.tidegate.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;

/**
 * What a node counts, under the names of the contract. The counts live here, so that the hot paths know no registry; a
 * runtime binds them to its own with {@link #bind} once that exists. No topic, user or connection is ever a label.
 */
public final class Metrics {

    /** Why a handshake was refused. */
    public enum Rejection {
        ORIGIN,
        CONNECTIONS,
        PER_IP,
        HANDSHAKES,
        DRAINING,
        /** No token, or a bad one. */
        TOKEN,
        /** A topic that the client may not subscribe to. */
        FORBIDDEN,
        PER_USER;

        /** As it stands in the label {@code reason}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace("_", "");
        }
    }

    /** What became of a handshake's or a connection's token, on a closed server. */
    public enum Auth {
        ACCEPTED,
        MISSING,
        INVALID,
        EXPIRED,
        FORBIDDEN,
        /** The keys could not be had. */
        UNAVAILABLE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a connection left while the node drained. */
    public enum DrainOutcome {
        GRACEFUL,
        FORCED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether a client that came back got all it had missed. */
    public enum Recovery {
        COMPLETE,
        LOST;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Read when it is scraped.
     *
     * @param fleetConnections of all nodes together; NaN where that is not known
     */
    public record Gauges(
            DoubleSupplier activeConnections,
            DoubleSupplier connectionLimit,
            DoubleSupplier sendQueueBytes,
            DoubleSupplier draining,
            DoubleSupplier relayUp,
            DoubleSupplier fleetConnections) {}

    private static final List<Duration> BUCKETS = LongStream.of(
                    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
                    1_000_000, 2_500_000, 5_000_000)
            .mapToObj(micros -> Duration.ofNanos(micros * 1_000))
            .toList();

    /** Close codes that stand in the label {@code code} as they are; 1005 is a close without one, 1006 none at all. */
    private static final List<Integer> KNOWN_CODES =
            List.of(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 4401, 4403);

    private record ApiLabels(String route, int status) {}

    private final Counter messagesReceived = new Counter();
    private final Counter messagesSent = new Counter();
    private final Counter connectionsOpened = new Counter();
    private final Map<Integer, Counter> connectionsClosed = new TreeMap<>();
    private final Counter connectionsClosedOther = new Counter();
    private final Map<Rejection, Counter> connectionsRejected = new EnumMap<>(Rejection.class);
    private final Map<Auth, Counter> auth = new EnumMap<>(Auth.class);
    private final Map<DrainOutcome, Counter> drainClosed = new EnumMap<>(DrainOutcome.class);
    private final Counter rebalanced = new Counter();
    private final Map<Recovery, Counter> recoveries = new EnumMap<>(Recovery.class);
    private final Map<ApiLabels, Counter> apiRequests = new ConcurrentHashMap<>();
    private final Counter slowConsumers = new Counter();
    private final Counter relayPublished = new Counter();
    private final Counter relayReceived = new Counter();
    private final Counter relayErrors = new Counter();
    private final Counter defects = new Counter();
    private final Histogram relayLag = new Histogram();
    private final Histogram fanOut = new Histogram();

    public Metrics() {
        KNOWN_CODES.forEach(code -> connectionsClosed.put(code, new Counter()));
        for (Rejection reason : Rejection.values()) {
            connectionsRejected.put(reason, new Counter());
        }
        for (Auth outcome : Auth.values()) {
            auth.put(outcome, new Counter());
        }
        for (DrainOutcome outcome : DrainOutcome.values()) {
            drainClosed.put(outcome, new Counter());
        }
        for (Recovery outcome : Recovery.values()) {
            recoveries.put(outcome, new Counter());
        }
    }

    /** Messages that clients sent; relayed ones do not count. */
    public Counter messagesReceived() {
        return messagesReceived;
    }

    /** Frames handed to a socket, control frames too. */
    public Counter messagesSent() {
        return messagesSent;
    }

    public Counter connectionsOpened() {
        return connectionsOpened;
    }

    /** By close code, ours or the peer's; private codes share one label. */
    public Counter connectionsClosed(int code) {
        return connectionsClosed.getOrDefault(code, connectionsClosedOther);
    }

    public Counter connectionsRejected(Rejection reason) {
        return get(connectionsRejected, reason);
    }

    public Counter auth(Auth outcome) {
        return get(auth, outcome);
    }

    public Counter drainClosed(DrainOutcome outcome) {
        return get(drainClosed, outcome);
    }

    /** Connections handed over to nodes with fewer. */
    public Counter rebalanced() {
        return rebalanced;
    }

    public Counter recoveries(Recovery outcome) {
        return get(recoveries, outcome);
    }

    /** Where there is an API: what it counts, declared before {@link #bind}. */
    public void declareApi(String route, List<Integer> statuses) {
        statuses.forEach(status -> apiRequests.put(new ApiLabels(route, status), new Counter()));
    }

    /** Requests of back ends; a status that was not declared is counted nowhere. */
    public Counter apiRequests(String route, int status) {
        return apiRequests.getOrDefault(new ApiLabels(route, status), new Counter());
    }

    /** Connections closed because their queue was full. */
    public Counter slowConsumers() {
        return slowConsumers;
    }

    /** Messages that the relay took. */
    public Counter relayPublished() {
        return relayPublished;
    }

    /** Messages that came from the relay, this node's own too. */
    public Counter relayReceived() {
        return relayReceived;
    }

    /** Publishes that failed, and arrivals that were no message. */
    public Counter relayErrors() {
        return relayErrors;
    }

    /** Steps of the core that failed by a defect of this server; each has cost one connection or topic. */
    public Counter defects() {
        return defects;
    }

    /** From the publisher's node to this one. */
    public Histogram relayLag() {
        return relayLag;
    }

    /** From a message's arrival at this node until it waits at every subscriber. */
    public Histogram fanOut() {
        return fanOut;
    }

    /** Registers everything; to be called once. */
    public void bind(MeterBinder meters, Gauges gauges) {
        meters.gauge("websocket_active_connections", "Open WebSocket connections", gauges.activeConnections());
        meters.gauge("websocket_connection_limit", "Most connections this node accepts", gauges.connectionLimit());
        meters.gauge("websocket_send_queue_bytes", "Bytes that wait for a socket", gauges.sendQueueBytes());
        meters.gauge("websocket_draining", "1 while this node drains", gauges.draining());
        meters.gauge("websocket_relay_up", "1 while messages go through the relay", gauges.relayUp());
        meters.gauge(
                "websocket_fleet_connections",
                "Open WebSocket connections of all nodes that do not drain",
                gauges.fleetConnections());
        counter(meters, "websocket_messages_received_total", "Messages that clients sent", messagesReceived);
        counter(meters, "websocket_messages_sent_total", "Frames handed to a socket", messagesSent);
        counter(meters, "websocket_connections_opened_total", "Connections opened", connectionsOpened);
        counter(meters, "websocket_rebalanced_total", "Connections handed over to nodes with fewer", rebalanced);
        counter(meters, "websocket_slow_consumers_total", "Connections closed for a full queue", slowConsumers);
        counter(meters, "websocket_relay_published_total", "Messages that the relay took", relayPublished);
        counter(meters, "websocket_relay_received_total", "Messages that came from the relay", relayReceived);
        counter(meters, "websocket_relay_errors_total", "Relay operations that failed", relayErrors);
        counter(meters, "websocket_defects_total", "Steps that failed by a defect of this server", defects);
        String closed = "Connections closed, by close code";
        connectionsClosed.forEach((code, counter) ->
                labelled(meters, "websocket_connections_closed_total", closed, "code", String.valueOf(code), counter));
        labelled(meters, "websocket_connections_closed_total", closed, "code", "other", connectionsClosedOther);
        connectionsRejected.forEach((reason, counter) -> labelled(
                meters,
                "websocket_connections_rejected_total",
                "Handshakes refused, by reason",
                "reason",
                reason.label(),
                counter));
        auth.forEach((outcome, counter) -> labelled(
                meters, "websocket_auth_total", "Tokens checked, by outcome", "outcome", outcome.label(), counter));
        drainClosed.forEach((outcome, counter) -> labelled(
                meters,
                "websocket_drain_closed_total",
                "Connections that left in a drain",
                "outcome",
                outcome.label(),
                counter));
        recoveries.forEach((outcome, counter) -> labelled(
                meters,
                "websocket_recoveries_total",
                "Clients that resumed, and whether the history reached back",
                "outcome",
                outcome.label(),
                counter));
        apiRequests.forEach((labels, counter) -> meters.counter(
                "websocket_api_requests_total",
                "Requests to the API, by route and status",
                Map.of("route", labels.route(), "status", String.valueOf(labels.status())),
                counter::value));
        relayLag.bind(
                meters.histogram("websocket_relay_lag_seconds", "From the publisher's node to this one", BUCKETS));
        fanOut.bind(meters.histogram(
                "websocket_fanout_seconds", "From a message's arrival until it waits at every subscriber", BUCKETS));
    }

    private static void counter(MeterBinder meters, String name, String help, Counter counter) {
        meters.counter(name, help, Map.of(), counter::value);
    }

    private static void labelled(
            MeterBinder meters, String name, String help, String label, String value, Counter counter) {
        meters.counter(name, help, Map.of(label, value), counter::value);
    }

    private static <K extends Enum<K>> Counter get(Map<K, Counter> counters, K key) {
        return Objects.requireNonNull(counters.get(key));
    }
}
