package io.tidegate.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table of settings. It is the only place that defines a key, its default, its range and its meaning.
 *
 * <p>The reader, the messages and the detection of unknown keys use this table. A test compares
 * {@code docs/configuration.md} with it.
 *
 * <p>One class, although long: it is a table, with one constant for each setting.
 */
final class Keys {
    private static final List<Key<?>> DECLARED = new ArrayList<>();

    private static final Format<Integer> PORT_NUMBER = Format.number(0, 65535);
    static final Format<String> NAME =
            Format.text("[A-Za-z0-9._-]{1,253}", "1 to 253 letters, digits, dots, dashes or underscores");
    private static final Format<String> CREDENTIAL = Format.text(
            "[^\\p{Cntrl}]{1,1024}", "1 to 1024 characters without line breaks or other control characters");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final int MILLION = 1_000_000;
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int GIB = 1 << 30;

    static final Key<String> HOST = key(
            "tidegate.host",
            "0.0.0.0",
            Format.text("[A-Za-z0-9._:%-]{1,253}", "a host name or an address"),
            "Address on which all ports listen.");
    static final Key<Integer> PORT =
            key("tidegate.port", "8080", PORT_NUMBER, "WebSocket and demo page. 0 picks a free port and prints it.");
    static final Key<Integer> MANAGEMENT_PORT = key(
            "tidegate.management.port", "9090", PORT_NUMBER, "Metrics and health. 0 picks a free port and prints it.");
    static final Key<Integer> API_PORT = key(
            "tidegate.api.port",
            "8090",
            PORT_NUMBER,
            "HTTP API for back ends. Open only if `tidegate.api.keys` is set. 0 picks a free port and prints it.");
    static final Key<List<Secret>> API_KEYS = key(
            "tidegate.api.keys",
            "",
            AuthFormats.API_KEYS,
            "Keys of the HTTP API. Each request must carry one of them. The port of the API is open only if keys are"
                    + " set. Never printed.");
    static final Key<String> PATH = key(
            "tidegate.path",
            "/",
            Format.path(),
            "Prefix of every path of `tidegate.port`: with `/ws` there are `/ws/chat` and the page at `/ws/`. For a"
                    + " proxy that does not change paths.");
    static final Key<Optional<String>> NODE = key(
            "tidegate.node",
            "",
            Format.optional(NAME),
            "Name of this pod. Empty: the value of the variable `HOSTNAME`, otherwise a random name.");
    /** The largest number of loops: each topic's loops are bits of a number. */
    static final int MOST_LOOPS = 31;

    static final Key<Optional<Integer>> LOOPS = key(
            "tidegate.loops",
            "",
            Format.optional(Format.number(1, MOST_LOOPS)),
            "Threads that write to sockets. Each thread serves a part of the connections. Empty: half the number of"
                    + " processors, at least 1.");

    static final Key<Duration> HEARTBEAT = key(
            "tidegate.heartbeat",
            "30s",
            Format.duration(Duration.ofMillis(10), HOUR),
            "Time between two heartbeats (a JSON frame and a WebSocket ping) to a connection.");
    static final Key<Duration> IDLE = key(
            "tidegate.idle",
            "90s",
            Format.duration(Duration.ofMillis(10), DAY),
            "If a peer sends nothing for this time (no frame, no pong), its connection is closed. Must be more than"
                    + " `tidegate.heartbeat`.");
    static final Key<Origins> ORIGINS = key(
            "tidegate.origins",
            "*",
            new Format<>(Origins.ALLOWED, Origins::parse, origins -> true),
            "Web pages that may connect. Others get HTTP 403. A client that sends no `Origin` header is not a browser"
                    + " and may connect.");
    static final Key<Proxies> PROXIES = key(
            "tidegate.proxies",
            "",
            new Format<>(Proxies.ALLOWED, Proxies::parse, proxies -> true),
            "Proxies whose `X-Forwarded-For` is trusted. The client's address is the rightmost address that is not"
                    + " one of these proxies.");

    static final Key<Integer> CONNECTIONS = key(
            "tidegate.limits.connections",
            "10000",
            Format.number(1, MILLION),
            "Largest number of connections to this pod. Further clients get HTTP 503 and `Retry-After`.");
    static final Key<Optional<Integer>> SOCKETS = key(
            "tidegate.limits.sockets",
            "",
            Format.optional(Format.number(1, 10 * MILLION)),
            "Largest number of TCP connections to `tidegate.port` and `tidegate.api.port` together, with or without a"
                    + " WebSocket. Further connections are closed at once. Empty: the number of descriptors that the"
                    + " process may open (`ulimit -n`), minus 512, but at least half of that number.");
    static final Key<Integer> PER_IP = key(
            "tidegate.limits.perip",
            "0",
            Format.limit(MILLION),
            "Largest number of connections of one client address (IPv6: of one /64 network) to this pod.");
    static final Key<Integer> PER_USER = key(
            "tidegate.limits.peruser",
            "0",
            Format.limit(MILLION),
            "Largest number of connections of one user (`sub`) to this pod.");
    static final Key<Integer> HANDSHAKES = key(
            "tidegate.limits.handshakes",
            "0",
            Format.limit(MILLION),
            "Largest number of new connections a second. Further clients get HTTP 503 and `Retry-After`. While other"
                    + " clients connect, too, one address (IPv6: one /64 network) gets a tenth of the number.");
    static final Key<Integer> MESSAGE = key(
            "tidegate.limits.message",
            "64KiB",
            Format.size(1, 64 * MIB),
            "Largest size of a message, all fragments together. A larger message closes the connection (1009).");
    static final Key<Integer> RATE = key(
            "tidegate.limits.rate",
            "0",
            Format.limit(MILLION),
            "Largest number of messages a second from one connection. Above it, the messages of a client of"
                    + " `tidegate.v1` are read more slowly. Other clients get the error `rate-limited`, and are"
                    + " closed (1008) if they continue.");
    static final Key<Integer> QUEUE = key(
            "tidegate.limits.queue",
            "1MiB",
            Format.size(KIB, GIB),
            "Largest number of unsent bytes of a connection. With more, the connection is closed as a slow consumer"
                    + " (1013). Must be at least `tidegate.limits.message`.");
    static final Key<Integer> HISTORY = key(
            "tidegate.limits.history",
            "2MiB",
            Format.size(64 * KIB, GIB),
            "Bytes of kept messages a second that are read for one connection. At most the bytes of 16 seconds are"
                    + " read at once, the rest later.");
    static final Key<Integer> TOPICS = key(
            "tidegate.limits.topics",
            "128",
            Format.number(1, MILLION),
            "Largest number of subscriptions of one connection.");
    static final Key<Optional<Integer>> CLIENT_TOPICS = key(
            "tidegate.limits.clienttopics",
            "",
            Format.optional(Format.limit(10 * MILLION)),
            "Largest number of different topics to which all connections of one user to this pod subscribe at the"
                    + " same time. Without a token: all connections of one client address (IPv6: of one /64 network)."
                    + " Empty: twice `tidegate.limits.connections`. Then clients behind one address, for example if"
                    + " `tidegate.proxies` is not set, can have two topics each.");

    static final Key<Optional<String>> AUTH_JWKS = key(
            "tidegate.auth.jwks",
            "",
            Format.optional(AuthFormats.KEY_SET),
            "JWK Set (RFC 7517) with the keys that verify the tokens. If it is set, the server is closed. See"
                    + " [Access](#access).");
    static final Key<Optional<Secret>> AUTH_SECRET = key(
            "tidegate.auth.secret",
            "",
            Format.optional(Format.secret(AuthFormats.SECRET)),
            "Shared secret that signs the tokens (HMAC). If it is set, the server is closed. Never printed.");
    static final Key<List<String>> AUTH_ALGORITHMS = key(
            "tidegate.auth.algorithms",
            "",
            AuthFormats.list(AuthFormats.ALGORITHM, "algorithms"),
            "Signature algorithms that are accepted. Empty: RS256, ES256 and EdDSA with a JWK Set, HS256 with a secret.");
    static final Key<Optional<String>> AUTH_ISSUER =
            key("tidegate.auth.issuer", "", Format.optional(CREDENTIAL), "A token must have this value in `iss`.");
    static final Key<List<String>> AUTH_AUDIENCE = key(
            "tidegate.auth.audience",
            "",
            AuthFormats.list("[^,\\p{Cntrl}]{1,1024}", "audiences"),
            "A token must have one of these values in `aud`. Required with a JWK Set.");
    static final Key<Duration> AUTH_LEEWAY = key(
            "tidegate.auth.leeway",
            "30s",
            Format.duration(Duration.ZERO, Duration.ofMinutes(10)),
            "How far clocks may differ when `exp` and `nbf` of a token are checked.");
    static final Key<Optional<String>> AUTH_COOKIE = key(
            "tidegate.auth.cookie",
            "",
            Format.optional(Format.text("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}", "the name of a cookie")),
            "Cookie that may carry the token. Only if `tidegate.origins` is not `*`.");
    static final Key<List<String>> AUTH_SUBSCRIBE = key(
            "tidegate.auth.subscribe",
            "",
            AuthFormats.PATTERNS,
            "Topics to which every user with a token may subscribe; `{user}` stands for the token's `sub`.");
    static final Key<List<String>> AUTH_PUBLISH = key(
            "tidegate.auth.publish", "", AuthFormats.PATTERNS, "Topics to which every user with a token may publish.");
    static final Key<List<String>> AUTH_PRESENCE = key(
            "tidegate.auth.presence",
            "",
            AuthFormats.PATTERNS,
            "Topics whose presence every user with a token may see.");
    static final Key<List<String>> ANONYMOUS_SUBSCRIBE = key(
            "tidegate.anonymous.subscribe",
            "",
            AuthFormats.PATTERNS,
            "Topics to which a client without a token may subscribe, on a closed server.");
    static final Key<List<String>> ANONYMOUS_PUBLISH = key(
            "tidegate.anonymous.publish",
            "",
            AuthFormats.PATTERNS,
            "Topics to which a client without a token may publish, on a closed server.");

    static final Key<Optional<String>> TLS_CERTIFICATE = key(
            "tidegate.tls.certificate",
            "",
            Format.optional(Format.readableFile()),
            "Certificate with its chain in PEM form. If it is set, all ports accept only TLS. See [TLS](tls.md).");
    static final Key<Optional<String>> TLS_KEY = key(
            "tidegate.tls.key",
            "",
            Format.optional(Format.readableFile()),
            "Private key of the certificate in PEM form, without a passphrase.");
    static final Key<Optional<String>> TLS_CLIENTS = key(
            "tidegate.tls.clients",
            "",
            Format.optional(Format.readableFile()),
            "CA certificates in PEM form. A client of the API port or the management port must present a certificate"
                    + " that chains to one of them. Health probes need no certificate.");
    static final Key<Boolean> TLS_MANAGEMENT = key(
            "tidegate.tls.management",
            "true",
            Format.bool(),
            "Whether the management port uses TLS, too. `false`: plain HTTP, for probes and scrapers that do not support TLS.");

    static final Key<Boolean> COMPRESSION = key(
            "tidegate.compression",
            "false",
            Format.bool(),
            "Whether messages to and from clients that offer compression (RFC 7692) are compressed. See"
                    + " [Compression](compression.md).");

    static final Key<RelayUrls> RELAY_URL = key(
            "tidegate.relay.url",
            "",
            RelayUrls.FORMAT,
            "Redis or Valkey that connects the pods. Empty: no relay, this process works alone. See [Relay](#relay).");
    static final Key<Optional<String>> RELAY_CONFIG = key(
            "tidegate.relay.config",
            "",
            Format.optional(Format.readableFile()),
            "A Redisson YAML file, instead of `tidegate.relay.url`.");
    static final Key<Optional<String>> RELAY_USERNAME = key(
            "tidegate.relay.username",
            "",
            Format.optional(CREDENTIAL),
            "User of the relay, if the URL does not contain it.");
    static final Key<Optional<Secret>> RELAY_PASSWORD = key(
            "tidegate.relay.password",
            "",
            Format.optional(Format.secret(CREDENTIAL)),
            "Password of the relay, if the URL does not contain it. Never printed.");
    static final Key<Optional<String>> RELAY_CA = key(
            "tidegate.relay.ca",
            "",
            Format.optional(Format.readableFile()),
            "CA certificates in PEM form. The relay's certificate must chain to one of them (`rediss://`). Empty:"
                    + " those of the JVM.");
    static final Key<String> RELAY_PREFIX = key(
            "tidegate.relay.prefix",
            "tidegate",
            Format.text("[A-Za-z0-9._:-]{1,64}", "1 to 64 letters, digits, dots, dashes, underscores or colons"),
            "Prefix of every name in Redis. Fleets that share one Redis, but no messages, need different prefixes.");
    static final Key<Sharding> RELAY_SHARDING = key(
            "tidegate.relay.sharding",
            "none",
            Format.choice("none, publish, subscribe or full", Sharding.class),
            "Whether the nodes of a Redis Cluster share the messages of all topics (`SPUBLISH`, Redis 7). From `none` to"
                    + " `full` go one step at a time: see [Redis](redis.md#cluster).");
    static final Key<Duration> RELAY_GRACE = key(
            "tidegate.relay.grace",
            "10s",
            Format.duration(Duration.ZERO, HOUR),
            "If the relay is down for longer, the pod becomes unready.");

    static final Key<Integer> HISTORY_SIZE = key(
            "tidegate.history.size",
            "1000",
            Format.limit(MILLION),
            "Largest number of messages of one topic that are kept, so that clients can resume.");
    static final Key<Duration> HISTORY_TTL = key(
            "tidegate.history.ttl",
            "10m",
            Format.duration(Duration.ofMillis(100), Duration.ofDays(30)),
            "How long the messages of a topic are kept after the last one.");
    static final Key<Integer> HISTORY_TOPIC = key(
            "tidegate.history.topic",
            "16MiB",
            Format.size(1 << 10, 1 << 30),
            "Largest number of bytes of one topic's kept messages. The last message is always kept.");
    static final Key<Optional<Integer>> HISTORY_BYTES = key(
            "tidegate.history.bytes",
            "",
            Format.optional(Format.size(1 << 20, 1 << 30)),
            "Largest number of bytes of the kept messages of all topics, without a relay. Empty: a quarter of the heap.");

    static final Key<Duration> PRESENCE_LINGER = key(
            "tidegate.presence.linger",
            "10s",
            Format.duration(Duration.ofMillis(100), HOUR),
            "How long a user without a connection stays in the topic's presence. A user who comes back in this time,"
                    + " on any pod, has not left.");

    static final Key<Duration> DRAIN_NOTICE = key(
            "tidegate.drain.notice",
            "5s",
            Format.duration(Duration.ZERO, DAY),
            "Time from the shutdown notice to the first close.");
    static final Key<Duration> DRAIN_WINDOW = key(
            "tidegate.drain.window",
            "20s",
            Format.duration(Duration.ZERO, DAY),
            "Time over which the closes are spread evenly, with jitter.");
    static final Key<Duration> DRAIN_TIMEOUT = key(
            "tidegate.drain.timeout",
            "30s",
            Format.duration(Duration.ZERO, DAY),
            "After this time the remaining connections are cut. Must be more than notice and window together. With 2"
                    + " s more, the last client, too, has time to move.");

    static final Key<Boolean> REBALANCE_ENABLED = key(
            "tidegate.rebalance.enabled",
            "true",
            Format.bool(),
            "A pod that holds more connections than its share hands the excess over to the other pods. Never without a relay.");
    static final Key<Double> REBALANCE_TOLERANCE = key(
            "tidegate.rebalance.tolerance",
            "0.2",
            Format.decimal("0.01", "10"),
            "Rebalancing begins when a pod is above or below the mean by this fraction of the mean. It stops at the mean.");
    static final Key<Double> REBALANCE_SHARE = key(
            "tidegate.rebalance.share",
            "0.05",
            Format.decimal("0.001", "1"),
            "Largest fraction of its connections that a pod hands over in a second.");
    static final Key<Integer> REBALANCE_MINIMUM = key(
            "tidegate.rebalance.minimum",
            "20",
            Format.number(1, MILLION),
            "Rebalancing begins only with at least this many connections above the mean.");
    static final Key<Duration> REBALANCE_INTERVAL = key(
            "tidegate.rebalance.interval",
            "2s",
            Format.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "Time between two reports of a pod to the others. A pod that sends none for three intervals is forgotten.");

    static final Key<String> FLEET_NAME = key(
            "tidegate.fleet.name",
            "tidegate",
            Format.text("[A-Za-z0-9._:-]{1,128}", "1 to 128 letters, digits, dots, dashes, underscores or colons"),
            "Pods with the same name are behind one address: they add up their connections and balance them. Pods"
                    + " with other names on the same relay only share messages.");
    static final Key<Boolean> FLEET_PUBLIC = key(
            "tidegate.fleet.public",
            "false",
            Format.bool(),
            "Whether `/fleet` (names and loads of all pods) is on `tidegate.port`, too. The demo page then shows it.");
    static final Key<Optional<String>> FLEET_REVISION = key(
            "tidegate.fleet.revision",
            "",
            Format.optional(
                    Format.text("[A-Za-z0-9._-]{1,63}", "1 to 63 letters, digits, dots, dashes or underscores")),
            "Name of the version of this pod; a rollout changes it. The chart sets the hash of the pod's ReplicaSet."
                    + " While there are pods of two revisions, a client that leaves a pod goes to a new one. Empty:"
                    + " rollouts are not noticed.");

    static final Key<Optional<Duration>> COST_INTERVAL = key(
            "tidegate.cost.interval",
            "",
            Format.optional(Format.duration(Duration.ofSeconds(1), HOUR)),
            "Shortest time between two writes of the pod's number of connections into its annotation"
                    + " `controller.kubernetes.io/pod-deletion-cost`. Kubernetes then removes the pod with the fewest"
                    + " connections when the fleet shrinks. Empty: never written.");

    static final Key<Boolean> TRACING_ENABLED = key(
            "tidegate.tracing.enabled",
            "false",
            Format.bool(),
            "Whether spans are sent by OTLP, as the OpenTelemetry variables (`OTEL_*`) say. See [Tracing](tracing.md).");

    static final Key<LogLevels> LOG_LEVEL = key(
            "tidegate.log.level",
            "INFO",
            new Format<>(LogLevels.ALLOWED, LogLevels::parse, levels -> true),
            "Lowest level of the lines that are written. `DEBUG` shows what happens to each connection. See [Log](#log).");
    static final Key<Boolean> LOG_FORMAT = key(
            "tidegate.log.format",
            "text",
            new Format<>(
                    "text or json",
                    text -> text.equals("text") || text.equals("json")
                            ? Optional.of(text.equals("json"))
                            : Optional.empty(),
                    json -> true),
            "`json`: each line is a JSON object. See [Log](#log).");

    /** Every key, in the order of the documentation. */
    static final List<Key<?>> ALL = List.copyOf(DECLARED);

    private Keys() {}

    private static <T> Key<T> key(String name, String fallback, Format<T> format, String meaning) {
        Key<T> key = new Key<>(name, fallback, format, meaning);
        DECLARED.add(key);
        return key;
    }
}
