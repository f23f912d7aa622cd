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
            "HTTP API for back ends, where `tidegate.api.keys` is set. 0 picks a free port and prints it.");
    static final Key<List<Secret>> API_KEYS = key(
            "tidegate.api.keys",
            "",
            AuthFormats.API_KEYS,
            "Keys of the HTTP API, of which a request must bring one. Set, they open its port. Never printed.");
    static final Key<String> PATH = key(
            "tidegate.path",
            "/",
            Format.path(),
            "Begins every path of `tidegate.port`: with `/ws` there are `/ws/chat` and the page at `/ws/`. For a proxy that passes"
                    + " paths on as they are.");
    static final Key<Optional<String>> NODE = key(
            "tidegate.node",
            "",
            Format.optional(NAME),
            "Name of this pod. Empty: the variable `HOSTNAME`, or else a random name.");
    /** The largest number of loops: each topic's loops are bits of a number. */
    static final int MOST_LOOPS = 31;

    static final Key<Optional<Integer>> LOOPS = key(
            "tidegate.loops",
            "",
            Format.optional(Format.number(1, MOST_LOOPS)),
            "Threads that write to sockets: each has its part of the connections. Empty: half as many as processors, and at least one.");

    static final Key<Duration> HEARTBEAT = key(
            "tidegate.heartbeat",
            "30s",
            Format.duration(Duration.ofMillis(10), HOUR),
            "Time between two heartbeats (a JSON frame and a WebSocket ping) to a connection.");
    static final Key<Duration> IDLE = key(
            "tidegate.idle",
            "90s",
            Format.duration(Duration.ofMillis(10), DAY),
            "A peer that is silent for so long (no frame, no pong) is closed. More than `tidegate.heartbeat`.");
    static final Key<Origins> ORIGINS = key(
            "tidegate.origins",
            "*",
            new Format<>(Origins.ALLOWED, Origins::parse, origins -> true),
            "Web pages that may connect; others get HTTP 403. A client that sends no `Origin` is no browser and may.");
    static final Key<Proxies> PROXIES = key(
            "tidegate.proxies",
            "",
            new Format<>(Proxies.ALLOWED, Proxies::parse, proxies -> true),
            "Proxies whose `X-Forwarded-For` is believed: the rightmost address that is none of them is the client's.");

    static final Key<Integer> CONNECTIONS = key(
            "tidegate.limits.connections",
            "10000",
            Format.number(1, MILLION),
            "Connections to this pod; more get HTTP 503 and `Retry-After`.");
    static final Key<Optional<Integer>> SOCKETS = key(
            "tidegate.limits.sockets",
            "",
            Format.optional(Format.number(1, 10 * MILLION)),
            "TCP connections to `tidegate.port` and `tidegate.api.port` together, WebSockets or not; more are closed at once."
                    + " Empty: the descriptors that the process may open (`ulimit -n`), without a reserve of 512, or of half"
                    + " of them where that is less.");
    static final Key<Integer> PER_IP = key(
            "tidegate.limits.perip",
            "0",
            Format.limit(MILLION),
            "Connections of one client address (IPv6: of a network of 64 bits) to this pod.");
    static final Key<Integer> PER_USER =
            key("tidegate.limits.peruser", "0", Format.limit(MILLION), "Connections of one user (`sub`) to this pod.");
    static final Key<Integer> HANDSHAKES = key(
            "tidegate.limits.handshakes",
            "0",
            Format.limit(MILLION),
            "New connections a second; more get HTTP 503 and `Retry-After`. While others come, one address (IPv6: a network of 64"
                    + " bits) gets a tenth of them.");
    static final Key<Integer> MESSAGE = key(
            "tidegate.limits.message",
            "64KiB",
            Format.size(1, 64 * MIB),
            "A whole message, its fragments summed; a larger one closes the connection (1009).");
    static final Key<Integer> RATE = key(
            "tidegate.limits.rate",
            "0",
            Format.limit(MILLION),
            "Messages a second from one connection. Above that a client of `tidegate.v1` is read more slowly; others get an"
                    + " error `rate-limited`, and are closed (1008) if they go on.");
    static final Key<Integer> QUEUE = key(
            "tidegate.limits.queue",
            "1MiB",
            Format.size(KIB, GIB),
            "Unsent bytes that a connection may hold; above it is closed as a slow consumer (1013)."
                    + " At least `tidegate.limits.message`.");
    static final Key<Integer> HISTORY = key(
            "tidegate.limits.history",
            "2MiB",
            Format.size(64 * KIB, GIB),
            "Bytes of kept messages a second that are read for one connection; 16 seconds' worth at once. More is read later.");
    static final Key<Integer> TOPICS =
            key("tidegate.limits.topics", "128", Format.number(1, MILLION), "Subscriptions of one connection.");
    static final Key<Optional<Integer>> CLIENT_TOPICS = key(
            "tidegate.limits.clienttopics",
            "",
            Format.optional(Format.limit(10 * MILLION)),
            "Different topics to which the connections of one user, or without a token of one client address (IPv6: of a network"
                    + " of 64 bits), subscribe at once on this pod. Empty: twice `tidegate.limits.connections`, so that clients"
                    + " behind one address, as with `tidegate.proxies` unset, may have two each.");

    static final Key<Optional<String>> AUTH_JWKS = key(
            "tidegate.auth.jwks",
            "",
            Format.optional(AuthFormats.KEY_SET),
            "JWK Set (RFC 7517) whose keys sign the tokens. Set, it closes the server. See [Access](#access).");
    static final Key<Optional<Secret>> AUTH_SECRET = key(
            "tidegate.auth.secret",
            "",
            Format.optional(Format.secret(AuthFormats.SECRET)),
            "Shared secret that signs the tokens (HMAC). Set, it closes the server. Never printed.");
    static final Key<List<String>> AUTH_ALGORITHMS = key(
            "tidegate.auth.algorithms",
            "",
            AuthFormats.list(AuthFormats.ALGORITHM, "algorithms"),
            "Signatures that are accepted. Empty: RS256, ES256 and EdDSA with a JWK Set, HS256 with a secret.");
    static final Key<Optional<String>> AUTH_ISSUER =
            key("tidegate.auth.issuer", "", Format.optional(CREDENTIAL), "`iss` that a token must have.");
    static final Key<List<String>> AUTH_AUDIENCE = key(
            "tidegate.auth.audience",
            "",
            AuthFormats.list("[^,\\p{Cntrl}]{1,1024}", "audiences"),
            "`aud` of which a token must have one. Required with a JWK Set.");
    static final Key<Duration> AUTH_LEEWAY = key(
            "tidegate.auth.leeway",
            "30s",
            Format.duration(Duration.ZERO, Duration.ofMinutes(10)),
            "How far the clocks may differ, for `exp` and `nbf`.");
    static final Key<Optional<String>> AUTH_COOKIE = key(
            "tidegate.auth.cookie",
            "",
            Format.optional(Format.text("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}", "the name of a cookie")),
            "Cookie that may carry the token. Only where `tidegate.origins` is not `*`.");
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
            "Topics of which every user with a token may see who is there.");
    static final Key<List<String>> ANONYMOUS_SUBSCRIBE = key(
            "tidegate.anonymous.subscribe",
            "",
            AuthFormats.PATTERNS,
            "Topics to which a client without a token may subscribe, on a closed server.");
    static final Key<List<String>> ANONYMOUS_PUBLISH =
            key("tidegate.anonymous.publish", "", AuthFormats.PATTERNS, "Topics to which it may publish.");

    static final Key<Optional<String>> TLS_CERTIFICATE = key(
            "tidegate.tls.certificate",
            "",
            Format.optional(Format.readableFile()),
            "Certificate with its chain in PEM form. Set, all ports speak TLS, and nothing else. See [TLS](tls.md).");
    static final Key<Optional<String>> TLS_KEY = key(
            "tidegate.tls.key",
            "",
            Format.optional(Format.readableFile()),
            "Its key in PEM form, without a passphrase.");
    static final Key<Optional<String>> TLS_CLIENTS = key(
            "tidegate.tls.clients",
            "",
            Format.optional(Format.readableFile()),
            "Certificates in PEM form to which that of a client must lead, at the ports of the API and of management; probes of health"
                    + " need none.");
    static final Key<Boolean> TLS_MANAGEMENT = key(
            "tidegate.tls.management",
            "true",
            Format.bool(),
            "Whether the management port speaks TLS, too. `false`: it stays plain, as probes and scrapers that know no TLS want it.");

    static final Key<Boolean> COMPRESSION = key(
            "tidegate.compression",
            "false",
            Format.bool(),
            "Whether messages are compressed with clients that offer it (RFC 7692). See [Compression](compression.md).");

    static final Key<RelayUrls> RELAY_URL = key(
            "tidegate.relay.url",
            "",
            RelayUrls.FORMAT,
            "Redis or Valkey that joins the pods. Empty: this process alone. See [Relay](#relay).");
    static final Key<Optional<String>> RELAY_CONFIG = key(
            "tidegate.relay.config",
            "",
            Format.optional(Format.readableFile()),
            "A Redisson YAML file, in place of `tidegate.relay.url`.");
    static final Key<Optional<String>> RELAY_USERNAME = key(
            "tidegate.relay.username",
            "",
            Format.optional(CREDENTIAL),
            "User of the relay, where it is not in the URL.");
    static final Key<Optional<Secret>> RELAY_PASSWORD = key(
            "tidegate.relay.password",
            "",
            Format.optional(Format.secret(CREDENTIAL)),
            "Password of the relay, where it is not in the URL. Never printed.");
    static final Key<Optional<String>> RELAY_CA = key(
            "tidegate.relay.ca",
            "",
            Format.optional(Format.readableFile()),
            "Certificates in PEM form that the relay's must lead to (`rediss://`). Empty: those of the JVM.");
    static final Key<String> RELAY_PREFIX = key(
            "tidegate.relay.prefix",
            "tidegate",
            Format.text("[A-Za-z0-9._:-]{1,64}", "1 to 64 letters, digits, dots, dashes, underscores or colons"),
            "Begins every name in Redis. Fleets that share one Redis differ in it.");
    static final Key<Duration> RELAY_GRACE = key(
            "tidegate.relay.grace",
            "10s",
            Format.duration(Duration.ZERO, HOUR),
            "A relay that is down for longer makes the pod unready.");

    static final Key<Integer> HISTORY_SIZE = key(
            "tidegate.history.size",
            "1000",
            Format.limit(MILLION),
            "Messages of one topic that are kept for resuming.");
    static final Key<Duration> HISTORY_TTL = key(
            "tidegate.history.ttl",
            "10m",
            Format.duration(Duration.ofMillis(100), Duration.ofDays(30)),
            "How long they are kept after the last one.");
    static final Key<Integer> HISTORY_TOPIC = key(
            "tidegate.history.topic",
            "16MiB",
            Format.size(1 << 10, 1 << 30),
            "Bytes of them, at most; the last one is kept however large.");
    static final Key<Optional<Integer>> HISTORY_BYTES = key(
            "tidegate.history.bytes",
            "",
            Format.optional(Format.size(1 << 20, 1 << 30)),
            "All that this process keeps of all topics, without a relay. Empty: a quarter of the heap.");

    static final Key<Duration> PRESENCE_LINGER = key(
            "tidegate.presence.linger",
            "10s",
            Format.duration(Duration.ofMillis(100), HOUR),
            "How long a user who has no connection any more is still in the topic's presence: who comes back in that time,"
                    + " anywhere, has not left.");

    static final Key<Duration> DRAIN_NOTICE = key(
            "tidegate.drain.notice",
            "5s",
            Format.duration(Duration.ZERO, DAY),
            "From the shutdown notice to the first close.");
    static final Key<Duration> DRAIN_WINDOW = key(
            "tidegate.drain.window",
            "20s",
            Format.duration(Duration.ZERO, DAY),
            "The closes are spread evenly, with jitter, over this time.");
    static final Key<Duration> DRAIN_TIMEOUT = key(
            "tidegate.drain.timeout",
            "30s",
            Format.duration(Duration.ZERO, DAY),
            "After this time what is left is cut. More than notice and window together; with 2 s more the last client, too, can move in time.");

    static final Key<Boolean> REBALANCE_ENABLED = key(
            "tidegate.rebalance.enabled",
            "true",
            Format.bool(),
            "A pod that holds more than its part hands the excess over to the others. Never without a relay.");
    static final Key<Double> REBALANCE_TOLERANCE = key(
            "tidegate.rebalance.tolerance",
            "0.2",
            Format.decimal("0.01", "10"),
            "It begins where a pod is above or below the mean by this part of it, and stops at the mean.");
    static final Key<Double> REBALANCE_SHARE = key(
            "tidegate.rebalance.share",
            "0.05",
            Format.decimal("0.001", "1"),
            "The part of its connections that it hands over in a second, at most.");
    static final Key<Integer> REBALANCE_MINIMUM = key(
            "tidegate.rebalance.minimum",
            "20",
            Format.number(1, MILLION),
            "Connections above the mean; for fewer nobody is bothered.");
    static final Key<Duration> REBALANCE_INTERVAL = key(
            "tidegate.rebalance.interval",
            "2s",
            Format.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "Between two reports of a pod to the others; who is silent for three is forgotten.");

    static final Key<String> FLEET_NAME = key(
            "tidegate.fleet.name",
            "tidegate",
            Format.text("[A-Za-z0-9._:-]{1,128}", "1 to 128 letters, digits, dots, dashes, underscores or colons"),
            "Nodes of one name stand behind one address: they count their clients together and even them out."
                    + " Others with the same relay only share messages.");
    static final Key<Boolean> FLEET_PUBLIC = key(
            "tidegate.fleet.public",
            "false",
            Format.bool(),
            "`/fleet` (names and loads of all pods) is answered on `tidegate.port`, too: the demo page shows it.");
    static final Key<Optional<String>> FLEET_REVISION = key(
            "tidegate.fleet.revision",
            "",
            Format.optional(
                    Format.text("[A-Za-z0-9._-]{1,63}", "1 to 63 letters, digits, dots, dashes or underscores")),
            "What a rollout replaces; the chart sets the hash of the pod's ReplicaSet. While pods of two revisions are there, a client"
                    + " that leaves one goes to a new one. Empty: rollouts are not noticed.");

    static final Key<Optional<Duration>> COST_INTERVAL = key(
            "tidegate.cost.interval",
            "",
            Format.optional(Format.duration(Duration.ofSeconds(1), HOUR)),
            "How often at most a pod of Kubernetes writes its connections into its annotation"
                    + " `controller.kubernetes.io/pod-deletion-cost`, so that a fleet that shrinks gives up the emptiest. Empty: never.");

    static final Key<Boolean> TRACING_ENABLED = key(
            "tidegate.tracing.enabled",
            "false",
            Format.bool(),
            "Spans are sent by OTLP, as the variables of OpenTelemetry (`OTEL_*`) say. See [Tracing](tracing.md).");

    static final Key<LogLevels> LOG_LEVEL = key(
            "tidegate.log.level",
            "INFO",
            new Format<>(LogLevels.ALLOWED, LogLevels::parse, levels -> true),
            "Least severe lines that are written; `DEBUG` shows the life of each connection. See [Log](#log).");
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
