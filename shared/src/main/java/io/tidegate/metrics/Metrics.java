package io.tidegate.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The metrics of a node, under their documented names. The counts are kept here, so that hot paths need no registry. A
 * runtime binds them to its registry with {@link #bind} when the registry exists. No topic, user or connection is ever a
 * label.
 *
 * <p>One class, although long: it is a table, with one short method for each metric.
 */
public final class Metrics {

    /** The reason why a handshake was refused. */
    public enum Rejection {
        ORIGIN,
        CONNECTIONS,
        PER_IP,
        HANDSHAKES,
        DRAINING,
        /** A hand-over that another node is to take. */
        ELSEWHERE,
        /** No token, or a bad one. */
        TOKEN,
        /** A topic that the client may not subscribe to. */
        FORBIDDEN,
        PER_USER,
        /** A malformed handshake, or an invalid topic: 400. */
        MALFORMED,
        /** No WebSocket on this path: 404. */
        PATH,
        /** Not GET: 405. */
        METHOD,
        /** No {@code Upgrade}, which a proxy may have removed, or another version of the protocol: 426. */
        UPGRADE,
        /** HTTP/1.0: 505. */
        HTTP;

        /** The reason for a handshake that was refused before admission. */
        public static Rejection of(int status) {
            return switch (status) {
                case 404 -> PATH;
                case 405 -> METHOD;
                case 426 -> UPGRADE;
                case 505 -> HTTP;
                default -> MALFORMED;
            };
        }

        /** The value of the label {@code reason}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace("_", "");
        }
    }

    /** The reason why a TCP connection was closed before a byte of it was read, or not accepted. */
    public enum SocketRefusal {
        /** The limit {@code tidegate.limits.sockets} is reached. */
        LIMIT,
        /** The management port has as many connections as threads. */
        MANAGEMENT,
        /** The system refused to accept, for example because the process has no free descriptor. */
        ACCEPT
    }

    /** The kinds of frames that clients send. */
    public enum Received {
        PUBLISH,
        SUBSCRIBE,
        UNSUBSCRIBE,
        PING,
        TOKEN,
        /** Answered by an error that says what is allowed. */
        INVALID,
        /** Not read, because the client sends too many. */
        RATE_LIMITED
    }

    /** The publisher of a message. */
    public enum Source {
        CLIENT,
        /** A back end, over HTTP. */
        API
    }

    /** The forms in which messages are counted on connections with compression. */
    public enum Form {
        /** The size before compression, or after inflating. */
        PLAIN,
        /** The size on the wire. */
        DEFLATED
    }

    /** The result of a publish. */
    public enum Outcome {
        /** The relay has it. */
        PUBLISHED,
        /** The publisher is not allowed to publish. */
        FORBIDDEN,
        /** It is unknown whether the relay has it. */
        UNAVAILABLE
    }

    /** The result of the check of a handshake's or a connection's token, on a closed server. */
    public enum Auth {
        ACCEPTED,
        MISSING,
        INVALID,
        EXPIRED,
        FORBIDDEN,
        /** The keys are not available. */
        UNAVAILABLE
    }

    /** How a connection left while the node drained. */
    public enum DrainOutcome {
        GRACEFUL,
        FORCED
    }

    /** Whether a client that came back got all that it had missed. */
    public enum Recovery {
        COMPLETE,
        LOST
    }

    /**
     * Values that are read when they are scraped.
     *
     * @param topics of which a client of this node gets messages
     * @param fleetConnections of all nodes together; NaN where that is not known
     */
    public record Gauges(
            DoubleSupplier activeConnections,
            DoubleSupplier connectionLimit,
            DoubleSupplier topics,
            DoubleSupplier sendQueueBytes,
            DoubleSupplier draining,
            DoubleSupplier relayUp,
            DoubleSupplier fleetConnections) {}

    private static final List<Duration> BUCKETS = Buckets.bounds();

    /**
     * Close codes that have a value of their own in the label {@code code}. 1005 is a close frame without a code, 1006 a
     * close without a frame.
     */
    private static final List<Integer> KNOWN_CODES =
            List.of(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 4401, 4403);

    private record PublishLabels(Source source, Outcome outcome) {}

    private record ApiLabels(String route, int status) {}

    private final Counter messagesReceived = new Counter();
    private final Counter messagesSent = new Counter();
    private final Counter bytesReceived = new Counter();
    private final Counter bytesSent = new Counter();
    private final Map<Form, Counter> compressionReceived = new EnumMap<>(Form.class);
    private final Map<Form, Counter> compressionSent = new EnumMap<>(Form.class);
    private final Map<Received, Counter> framesReceived = new EnumMap<>(Received.class);
    private final Map<String, Counter> errorFrames = new ConcurrentHashMap<>();
    private final Counter connectionsOpened = new Counter();
    private final Map<Integer, Counter> connectionsClosed = new TreeMap<>();
    private final Counter connectionsClosedOther = new Counter();
    private final Map<Rejection, Counter> connectionsRejected = new EnumMap<>(Rejection.class);
    private final Map<SocketRefusal, Counter> socketsRefused = new EnumMap<>(SocketRefusal.class);
    private final Counter tlsFailed = new Counter();
    private final Map<Auth, Counter> auth = new EnumMap<>(Auth.class);
    private final Map<DrainOutcome, Counter> drainClosed = new EnumMap<>(DrainOutcome.class);
    private final Counter rebalanced = new Counter();
    private final Map<Recovery, Counter> recoveries = new EnumMap<>(Recovery.class);
    private final Map<ApiLabels, Counter> apiRequests = new ConcurrentHashMap<>();
    private final Map<PublishLabels, Counter> publishes = new HashMap<>();
    private final Counter slowConsumers = new Counter();
    private final Counter relayPublished = new Counter();
    private final Counter relayReceived = new Counter();
    private final Counter relayErrors = new Counter();
    private final Counter defects = new Counter();
    private final Counter writeRounds = new Counter();
    private final Histogram handshakes = new Histogram();
    private final Histogram relayLag = new Histogram();
    private final Histogram fanOut = new Histogram();

    public Metrics() {
        KNOWN_CODES.forEach(code -> connectionsClosed.put(code, new Counter()));
        for (Rejection reason : Rejection.values()) {
            connectionsRejected.put(reason, new Counter());
        }
        for (Source source : Source.values()) {
            for (Outcome outcome : Outcome.values()) {
                publishes.put(new PublishLabels(source, outcome), new Counter());
            }
        }
        for (Received kind : Received.values()) {
            framesReceived.put(kind, new Counter());
        }
        for (SocketRefusal reason : SocketRefusal.values()) {
            socketsRefused.put(reason, new Counter());
        }
        for (Auth outcome : Auth.values()) {
            auth.put(outcome, new Counter());
        }
        for (Form form : Form.values()) {
            compressionReceived.put(form, new Counter());
            compressionSent.put(form, new Counter());
        }
        for (DrainOutcome outcome : DrainOutcome.values()) {
            drainClosed.put(outcome, new Counter());
        }
        for (Recovery outcome : Recovery.values()) {
            recoveries.put(outcome, new Counter());
        }
    }

    /** Messages that clients have published with the right to do so. All other frames are in {@link #received}. */
    public Counter messagesReceived() {
        return messagesReceived;
    }

    /** Frames handed to a socket, control frames included. */
    public Counter messagesSent() {
        return messagesSent;
    }

    /** All frames that clients have sent, by kind. */
    public Counter received(Received kind) {
        return get(framesReceived, kind);
    }

    /** Bytes read from connections after their handshakes. */
    public Counter bytesReceived() {
        return bytesReceived;
    }

    /** Bytes that the sockets of connections have taken after their handshakes. */
    public Counter bytesSent() {
        return bytesSent;
    }

    /** Bytes of messages that came compressed. */
    public Counter compressionReceived(Form form) {
        return get(compressionReceived, form);
    }

    /** Bytes of frames for connections that take compressed frames. */
    public Counter compressionSent(Form form) {
        return get(compressionSent, form);
    }

    /** The codes that {@link #errorFrames} counts, declared before {@link #bind}. */
    public void declareErrors(List<String> codes) {
        codes.forEach(code -> errorFrames.put(code, new Counter()));
    }

    /** Error frames that were sent to clients, by a declared code. */
    public Counter errorFrames(String code) {
        return Objects.requireNonNull(errorFrames.get(code));
    }

    public Counter connectionsOpened() {
        return connectionsOpened;
    }

    /** Closed connections by close code, ours or the peer's. Private codes share one label. */
    public Counter connectionsClosed(int code) {
        return connectionsClosed.getOrDefault(code, connectionsClosedOther);
    }

    public Counter connectionsRejected(Rejection reason) {
        return get(connectionsRejected, reason);
    }

    public Counter socketsRefused(SocketRefusal reason) {
        return get(socketsRefused, reason);
    }

    /** Connections that ended before their TLS handshake was complete. */
    public Counter tlsFailed() {
        return tlsFailed;
    }

    public Counter auth(Auth outcome) {
        return get(auth, outcome);
    }

    public Counter drainClosed(DrainOutcome outcome) {
        return get(drainClosed, outcome);
    }

    /** Connections handed over to nodes with fewer connections. */
    public Counter rebalanced() {
        return rebalanced;
    }

    public Counter recoveries(Recovery outcome) {
        return get(recoveries, outcome);
    }

    /** Declares the counters of the API, before {@link #bind}. Only where there is an API. */
    public void declareApi(String route, List<Integer> statuses) {
        statuses.forEach(status -> apiRequests.put(new ApiLabels(route, status), new Counter()));
    }

    /** Requests of back ends. A status that was not declared is not counted. */
    public Counter apiRequests(String route, int status) {
        return apiRequests.getOrDefault(new ApiLabels(route, status), new Counter());
    }

    public Counter publishes(Source source, Outcome outcome) {
        return Objects.requireNonNull(publishes.get(new PublishLabels(source, outcome)));
    }

    /**
     * Connections closed as slow consumers: because their queue was full, or because the peer read nothing for too long.
     */
    public Counter slowConsumers() {
        return slowConsumers;
    }

    /** Messages that the relay took. */
    public Counter relayPublished() {
        return relayPublished;
    }

    /** Messages that came from the relay, this node's own messages included. */
    public Counter relayReceived() {
        return relayReceived;
    }

    /** Publishes that failed, and arrivals that are not a valid message. */
    public Counter relayErrors() {
        return relayErrors;
    }

    /** Steps of the core that failed because of a defect of this server. Each of them ended one connection or topic. */
    public Counter defects() {
        return defects;
    }

    /**
     * Rounds of the write loops. A round takes what waits, and writes once to each socket that has something to write.
     */
    public Counter writeRounds() {
        return writeRounds;
    }

    /** The time from the end of a handshake's request until the connection is open. Refused handshakes do not count. */
    public Histogram handshakes() {
        return handshakes;
    }

    /** The time of a message from the publisher's node to this one. */
    public Histogram relayLag() {
        return relayLag;
    }

    /** The time from a message's arrival at this node until it is in the queues of all subscribers. */
    public Histogram fanOut() {
        return fanOut;
    }

    /** Registers everything. To be called once. */
    public void bind(MeterBinder meters, Gauges gauges) {
        meters.gauge(
                "websocket_active_connections", "Open WebSocket connections", Map.of(), gauges.activeConnections());
        meters.gauge(
                "websocket_connection_limit",
                "Largest number of connections of this node",
                Map.of(),
                gauges.connectionLimit());
        meters.gauge(
                "websocket_topics", "Topics to which clients of this node are subscribed", Map.of(), gauges.topics());
        meters.gauge("websocket_send_queue_bytes", "Bytes that wait for a socket", Map.of(), gauges.sendQueueBytes());
        meters.gauge("websocket_draining", "1 while this node drains", Map.of(), gauges.draining());
        meters.gauge("websocket_relay_up", "1 while messages go through the relay", Map.of(), gauges.relayUp());
        meters.gauge(
                "websocket_fleet_connections",
                "Open WebSocket connections of all nodes that do not drain",
                Map.of(),
                gauges.fleetConnections());
        counter(meters, "websocket_messages_received_total", "Messages that clients publish", messagesReceived);
        counter(meters, "websocket_messages_sent_total", "Frames handed to a socket", messagesSent);
        counter(meters, "websocket_received_bytes_total", "Bytes read from connections", bytesReceived);
        counter(meters, "websocket_sent_bytes_total", "Bytes that sockets have taken", bytesSent);
        each(
                meters,
                "websocket_compression_received_bytes_total",
                "Bytes of messages that came compressed, on the wire and inflated",
                "form",
                compressionReceived);
        each(
                meters,
                "websocket_compression_sent_bytes_total",
                "Bytes of frames for connections with compression, before it and as they are sent",
                "form",
                compressionSent);
        counter(meters, "websocket_connections_opened_total", "Connections opened", connectionsOpened);
        counter(meters, "websocket_rebalanced_total", "Connections handed over to nodes with fewer", rebalanced);
        counter(meters, "websocket_slow_consumers_total", "Connections closed for a full queue", slowConsumers);
        counter(meters, "websocket_relay_published_total", "Messages that the relay took", relayPublished);
        counter(meters, "websocket_relay_received_total", "Messages that came from the relay", relayReceived);
        counter(meters, "websocket_relay_errors_total", "Relay operations that failed", relayErrors);
        counter(meters, "websocket_defects_total", "Steps that failed because of a defect of this server", defects);
        counter(
                meters,
                "websocket_tls_handshakes_failed_total",
                "Connections that ended before a handshake of TLS was complete",
                tlsFailed);
        counter(meters, "websocket_write_rounds_total", "Rounds of the write loops", writeRounds);
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
        errorFrames.forEach((code, counter) -> labelled(
                meters, "websocket_error_frames_total", "Error frames sent to clients", "code", code, counter));
        each(meters, "websocket_frames_received_total", "Frames from clients, by type", "kind", framesReceived);
        each(
                meters,
                "websocket_sockets_refused_total",
                "TCP connections closed at once, and attempts to accept one that failed",
                "reason",
                socketsRefused);
        each(meters, "websocket_auth_total", "Tokens checked, by outcome", "outcome", auth);
        each(meters, "websocket_drain_closed_total", "Connections that left in a drain", "outcome", drainClosed);
        String recovered = "Clients that resumed, by whether the history reached back";
        each(meters, "websocket_recoveries_total", recovered, "outcome", recoveries);
        apiRequests.forEach((labels, counter) -> meters.counter(
                "websocket_api_requests_total",
                "Requests to the API, by route and status",
                Map.of("route", labels.route(), "status", String.valueOf(labels.status())),
                counter::value));
        publishes.forEach((labels, counter) -> meters.counter(
                "websocket_publishes_total",
                "Publishes, by publisher and outcome",
                Map.of("source", label(labels.source()), "outcome", label(labels.outcome())),
                counter::value));
        handshakes.bind(meters.histogram(
                "websocket_handshake_seconds", "From a handshake's request to an open connection", BUCKETS));
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

    /** Registers a series for each counter. */
    private static <K extends Enum<K>> void each(
            MeterBinder meters, String name, String help, String label, Map<K, Counter> counters) {
        counters.forEach((value, counter) -> labelled(meters, name, help, label, label(value), counter));
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <K extends Enum<K>> Counter get(Map<K, Counter> counters, K key) {
        return Objects.requireNonNull(counters.get(key));
    }
}
