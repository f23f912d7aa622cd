package io.tidegate.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that an operator can set, checked: there is no instance with a value out of range.
 *
 * <p>The keys, defaults and ranges are in {@code docs/configuration.md}. Sizes are in bytes. Tests get one that differs
 * from {@link #defaults} by {@link SettingsReader#read}.
 *
 * <p>One class, although long: it has one small record for each group of settings.
 */
public record Settings(
        Server server,
        Api api,
        Peers peers,
        Limits limits,
        Auth auth,
        Optional<Tls> tls,
        Compression compression,
        Relay relay,
        History history,
        Presence presence,
        Drain drain,
        Rebalance rebalance,
        Fleet fleet,
        Cost cost,
        Tracing tracing,
        Log log) {

    /** What counts where nothing is configured; the node's name is random. */
    public static Settings defaults() {
        return SettingsReader.read(Map.of(), Map.of());
    }

    /**
     * The listeners.
     *
     * @param port of the WebSocket; 0: a free one
     * @param managementPort of metrics and health; 0: a free one
     * @param prefix of every path of the first port: empty, or as {@code /ws}
     * @param node name of this pod, never empty
     * @param loops threads that write to sockets; empty: half as many as processors
     */
    public record Server(
            String host, int port, int managementPort, String prefix, String node, Optional<Integer> loops) {
        public Server {
            Keys.HOST.require(host);
            Keys.PORT.require(port);
            Keys.MANAGEMENT_PORT.require(managementPort);
            Keys.PATH.require(prefix);
            Keys.NODE.require(Optional.of(node));
            Keys.LOOPS.require(loops);
            require(differ(port, managementPort), "the two ports must differ");
        }

        /** Threads that write to sockets. */
        public int writeLoops() {
            // The other half reads, decodes and talks to Redis.
            return loops.orElseGet(
                    () -> Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, Keys.MOST_LOOPS));
        }

        static boolean differ(int port, int managementPort) {
            return port != managementPort || port == 0;
        }
    }

    /**
     * The HTTP API for back ends.
     *
     * @param port 0: a free one
     * @param keys of which a request must bring one; empty: there is no API
     */
    public record Api(int port, List<Secret> keys) {
        public Api {
            Keys.API_PORT.require(port);
            keys = List.copyOf(keys);
        }

        /** Whether there is one. */
        public boolean isOpen() {
            return !keys.isEmpty();
        }
    }

    /**
     * How the far end is watched, and who it may be.
     *
     * @param heartbeat between two heartbeats
     * @param idle a peer silent for so long is closed; more than {@code heartbeat}
     */
    public record Peers(Duration heartbeat, Duration idle, Origins origins, Proxies proxies) {
        public Peers {
            Keys.HEARTBEAT.require(heartbeat);
            Keys.IDLE.require(idle);
            require(outlasts(idle, heartbeat), "idle must be more than heartbeat");
        }

        static boolean outlasts(Duration idle, Duration heartbeat) {
            return idle.compareTo(heartbeat) > 0;
        }
    }

    /**
     * What one pod, and one connection, may use.
     *
     * @param connections to this pod
     * @param sockets TCP connections to this pod, WebSockets or not; empty: as many as its descriptors allow
     * @param perIp connections of one client address; 0: any number
     * @param perUser connections of one user; 0: any number
     * @param handshakes new connections a second; 0: any number
     * @param message bytes of a whole message
     * @param rate messages a second from one connection; 0: any number
     * @param queue unsent bytes of one connection; at least {@code message}
     * @param history bytes of kept messages a second for one connection
     * @param topics subscriptions of one connection
     * @param clientTopics different topics of one user or address; 0: any number; empty: a multiple of {@code connections}
     */
    public record Limits(
            int connections,
            Optional<Integer> sockets,
            int perIp,
            int perUser,
            int handshakes,
            int message,
            int rate,
            int queue,
            int history,
            int topics,
            Optional<Integer> clientTopics) {
        private static final int TOPICS_A_CONNECTION = 2;

        public Limits {
            Keys.CONNECTIONS.require(connections);
            Keys.SOCKETS.require(sockets);
            Keys.PER_IP.require(perIp);
            Keys.PER_USER.require(perUser);
            Keys.HANDSHAKES.require(handshakes);
            Keys.MESSAGE.require(message);
            Keys.RATE.require(rate);
            Keys.QUEUE.require(queue);
            Keys.HISTORY.require(history);
            Keys.TOPICS.require(topics);
            Keys.CLIENT_TOPICS.require(clientTopics);
            require(fits(message, queue), "a message must fit the queue");
        }

        /** Different topics of one user or address at once; 0: any number. */
        public int topicsOfClient() {
            return clientTopics.orElse(TOPICS_A_CONNECTION * connections);
        }

        static boolean fits(int message, int queue) {
            return message <= queue;
        }
    }

    /**
     * Who may connect, and what everybody may do who is let in.
     *
     * @param jwks path or URL of a JWK Set
     * @param algorithms accepted ones, as RFC 7518 and RFC 8037 name them
     * @param audience of which a token must have one; empty: any
     * @param leeway by which the clocks may differ
     * @param cookie name of a cookie that may carry a token
     * @param user what each user with a token may do, beyond what the token says
     * @param anonymous what a client without a token may do
     */
    public record Auth(
            Optional<String> jwks,
            Optional<Secret> secret,
            List<String> algorithms,
            Optional<String> issuer,
            List<String> audience,
            Duration leeway,
            Optional<String> cookie,
            Patterns user,
            Patterns anonymous) {
        public Auth {
            Keys.AUTH_LEEWAY.require(leeway);
            require(jwks.isEmpty() || !audience.isEmpty(), "a JWK Set needs an audience");
        }

        /** Whether everybody may do everything. */
        public boolean isOpen() {
            return jwks.isEmpty() && secret.isEmpty();
        }
    }

    /**
     * Topics, or beginnings of topics followed by {@code *}; {@code {user}} stands for a user's name.
     *
     * @param presence of which one may see who is there
     */
    public record Patterns(List<String> subscribe, List<String> publish, List<String> presence) {}

    /**
     * How connections are encrypted.
     *
     * @param certificate with its chain, in PEM form
     * @param key of it, in PEM form
     * @param clients what a client's certificate must lead to, at the ports of API and management; empty: clients need none
     * @param management whether the management port is encrypted, too
     */
    public record Tls(Path certificate, Path key, Optional<Path> clients, boolean management) {}

    /** Whether messages are compressed with clients that offer it. */
    public record Compression(boolean enabled) {}

    /**
     * What joins the pods.
     *
     * @param urls each with scheme, host and port, and without credentials. One {@code redis} or {@code rediss} URL: a
     *     single server; several: nodes of a cluster; {@code redis+sentinel}: one for each sentinel, all with the
     *     master's name as their path ({@code redis+sentinel://host:26379/master})
     * @param config path of a Redisson YAML file, or empty; never together with {@code urls}
     * @param username also where it was part of the URL
     * @param password also where it was part of the URL
     * @param ca certificates in PEM form, in place of those of the JVM
     * @param prefix begins every name in Redis
     * @param grace down for longer than this, the relay makes the node unready
     */
    public record Relay(
            List<URI> urls,
            String config,
            Optional<String> username,
            Optional<Secret> password,
            Optional<Path> ca,
            String prefix,
            Duration grace) {
        public Relay {
            urls = List.copyOf(urls);
            Keys.RELAY_PREFIX.require(prefix);
            Keys.RELAY_GRACE.require(grace);
            require(
                    urls.stream().allMatch(url -> url.getRawUserInfo() == null),
                    "credentials are kept out of the URLs");
            require(urls.isEmpty() || config.isEmpty(), "either URLs or a configuration file");
        }

        /** Whether there is no relay outside of this process. */
        public boolean inProcess() {
            return urls.isEmpty() && config.isEmpty();
        }
    }

    /**
     * What is kept of topics.
     *
     * @param size messages of one; 0: no history
     * @param ttl of its messages, from the last one on
     * @param topic bytes of its messages
     * @param bytes of all that is kept where this process keeps it; empty: a part of the heap
     */
    public record History(int size, Duration ttl, int topic, Optional<Integer> bytes) {
        public History {
            Keys.HISTORY_SIZE.require(size);
            Keys.HISTORY_TTL.require(ttl);
            Keys.HISTORY_TOPIC.require(topic);
            Keys.HISTORY_BYTES.require(bytes);
        }
    }

    /**
     * Who is in a topic.
     *
     * @param linger for which a user without a connection is still there
     */
    public record Presence(Duration linger) {
        public Presence {
            Keys.PRESENCE_LINGER.require(linger);
        }
    }

    /**
     * The times of a drain, all counted from its start but {@code window}, which follows {@code notice}.
     *
     * @param notice until the first close
     * @param window over which the closes are spread
     * @param timeout until what is left is cut; more than {@code notice} and {@code window} together
     */
    public record Drain(Duration notice, Duration window, Duration timeout) {
        public Drain {
            Keys.DRAIN_NOTICE.require(notice);
            Keys.DRAIN_WINDOW.require(window);
            Keys.DRAIN_TIMEOUT.require(timeout);
            require(fits(notice, window, timeout), "notice and window must fit the timeout");
        }

        static boolean fits(Duration notice, Duration window, Duration timeout) {
            return notice.plus(window).compareTo(timeout) < 0;
        }
    }

    /**
     * How a node that holds more than its part hands the excess over.
     *
     * @param tolerance above the mean by which a node begins: 0.2 for a fifth
     * @param share of its connections that it hands over in a second, at most
     * @param minimum connections of excess; for fewer nobody is bothered
     * @param interval between two reports of a node to the others
     */
    public record Rebalance(boolean enabled, double tolerance, double share, int minimum, Duration interval) {
        public Rebalance {
            Keys.REBALANCE_TOLERANCE.require(tolerance);
            Keys.REBALANCE_SHARE.require(share);
            Keys.REBALANCE_MINIMUM.require(minimum);
            Keys.REBALANCE_INTERVAL.require(interval);
        }
    }

    /**
     * The nodes to which this one belongs.
     *
     * @param name which all of them have
     * @param isPublic whether the port of the WebSockets shows them, too
     * @param revision what a rollout replaces: nodes of one revision are alike; empty: rollouts are not noticed
     */
    public record Fleet(String name, boolean isPublic, Optional<String> revision) {}

    /**
     * What Kubernetes is told of this pod.
     *
     * @param interval between two writes, at least; empty: there is none
     */
    public record Cost(Optional<Duration> interval) {}

    /** Whether requests are followed through the fleet. */
    public record Tracing(boolean enabled) {}

    /**
     * What is written to standard error, and how.
     *
     * @param json whether each line is a JSON object
     */
    public record Log(LogLevels levels, boolean json) {}

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
