package io.tidegate.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of an operator, checked: no instance has a value out of range.
 *
 * <p>The keys, defaults and ranges are in {@code docs/configuration.md}. Sizes are in bytes. Tests use
 * {@link SettingsReader#read} to get settings that differ from {@link #defaults}.
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

    /** The settings where nothing is configured. The node's name is random. */
    public static Settings defaults() {
        return SettingsReader.read(Map.of(), Map.of());
    }

    /**
     * The listeners.
     *
     * @param port the port of the WebSocket; 0 means a free one
     * @param managementPort the port of metrics and health; 0 means a free one
     * @param prefix the prefix of every path of the first port: empty, or as {@code /ws}
     * @param node the name of this pod, never empty
     * @param loops the number of threads that write to sockets; empty means half as many as processors
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

        /** The number of threads that write to sockets. */
        public int writeLoops() {
            // The other half of the processors reads, decodes and talks to Redis.
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
     * @param port the port of the API; 0 means a free one
     * @param keys the keys, one of which each request must have; empty means that there is no API
     */
    public record Api(int port, List<Secret> keys) {
        public Api {
            Keys.API_PORT.require(port);
            keys = List.copyOf(keys);
        }

        /** Whether there is an API. */
        public boolean isOpen() {
            return !keys.isEmpty();
        }
    }

    /**
     * How peers are watched, and which peers are allowed.
     *
     * @param heartbeat the time between two heartbeats
     * @param idle a peer that is silent for this time is closed; more than {@code heartbeat}
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
     * The limits of one pod and of one connection.
     *
     * @param connections WebSocket connections to this pod
     * @param sockets TCP connections to this pod, WebSockets or not; empty means as many as its file descriptors allow
     * @param perIp connections of one client address; 0 means any number
     * @param perUser connections of one user; 0 means any number
     * @param handshakes new connections a second; 0 means any number
     * @param message bytes of a whole message
     * @param rate messages a second from one connection; 0 means any number
     * @param queue unsent bytes of one connection; at least {@code message}
     * @param history bytes of kept messages a second for one connection
     * @param topics subscriptions of one connection
     * @param clientTopics different topics of one user or address; 0 means any number; empty means a multiple of
     *     {@code connections}
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

        /** The limit of different topics of one user or address at one time; 0 means any number. */
        public int topicsOfClient() {
            return clientTopics.orElse(TOPICS_A_CONNECTION * connections);
        }

        static boolean fits(int message, int queue) {
            return message <= queue;
        }
    }

    /**
     * Which clients may connect, and what every client that is let in may do.
     *
     * @param jwks path or URL of a JWK Set
     * @param algorithms the accepted algorithms, by their names in RFC 7518 and RFC 8037
     * @param audience the audiences, one of which a token must have; empty means any
     * @param leeway how far the clocks may differ
     * @param cookie the name of a cookie that may carry a token
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

        /** Whether every client may do everything. */
        public boolean isOpen() {
            return jwks.isEmpty() && secret.isEmpty();
        }
    }

    /**
     * Topics, or prefixes of topics followed by {@code *}; {@code {user}} stands for a user's name.
     *
     * @param presence the topics whose presence the user may see
     */
    public record Patterns(List<String> subscribe, List<String> publish, List<String> presence) {}

    /**
     * How connections are encrypted.
     *
     * @param certificate the certificate with its chain, in PEM form
     * @param key the key of the certificate, in PEM form
     * @param clients the certificates to which a client's certificate must lead, at the ports of API and management;
     *     empty means that clients need no certificate
     * @param management whether the management port is encrypted, too
     */
    public record Tls(Path certificate, Path key, Optional<Path> clients, boolean management) {}

    /** Whether messages are compressed with clients that offer it. */
    public record Compression(boolean enabled) {}

    /**
     * The relay, which joins the pods.
     *
     * @param urls the URLs, each with scheme, host and port, and without credentials. One {@code redis} or
     *     {@code rediss} URL means a single server; several mean nodes of a cluster; {@code redis+sentinel} means one
     *     for each sentinel, all with the master's name as their path ({@code redis+sentinel://host:26379/master})
     * @param config the path of a Redisson YAML file, or empty; never together with {@code urls}
     * @param username the user name, also where it was part of the URL
     * @param password the password, also where it was part of the URL
     * @param ca certificates in PEM form, instead of those of the JVM
     * @param prefix the prefix of every name in Redis
     * @param sharding how the messages of a topic go through a cluster
     * @param grace a relay that is down for longer than this makes the node unready
     */
    public record Relay(
            List<URI> urls,
            String config,
            Optional<String> username,
            Optional<Secret> password,
            Optional<Path> ca,
            String prefix,
            Sharding sharding,
            Duration grace) {
        public Relay {
            urls = List.copyOf(urls);
            Keys.RELAY_PREFIX.require(prefix);
            Keys.RELAY_GRACE.require(grace);
            require(
                    urls.stream().allMatch(url -> url.getRawUserInfo() == null),
                    "the URLs must not contain credentials");
            require(urls.isEmpty() || config.isEmpty(), "either URLs or a configuration file");
        }

        /** Whether there is no relay outside of this process. */
        public boolean inProcess() {
            return urls.isEmpty() && config.isEmpty();
        }
    }

    /**
     * How much is kept of topics.
     *
     * @param size the largest number of messages of one topic; 0 means no history
     * @param ttl how long the messages of a topic are kept, from the last message on
     * @param topic the largest number of bytes of one topic's messages
     * @param bytes the largest number of bytes of all that this process keeps, where this process keeps it; empty means
     *     a part of the heap
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
     * The settings of presence.
     *
     * @param linger for how long a user without a connection is still in the topic
     */
    public record Presence(Duration linger) {
        public Presence {
            Keys.PRESENCE_LINGER.require(linger);
        }
    }

    /**
     * The times of a drain. All are counted from its start, except {@code window}, which follows {@code notice}.
     *
     * @param notice the time until the first close
     * @param window the time over which the closes are spread
     * @param timeout the time until the remaining connections are cut; more than {@code notice} and {@code window}
     *     together
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
     * How a node that holds more than its share hands the excess over.
     *
     * @param tolerance how far above the mean a node begins; 0.2 means a fifth
     * @param share the largest share of its connections that a node hands over in a second
     * @param minimum the smallest excess of connections for which clients are asked to move
     * @param interval the time between two reports of a node to the others
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
     * The fleet to which this node belongs.
     *
     * @param name the name that all nodes of the fleet have
     * @param isPublic whether the nodes are also shown at the port of the WebSockets
     * @param revision the revision, which a rollout replaces: nodes of one revision are alike; empty means that
     *     rollouts are not noticed
     */
    public record Fleet(String name, boolean isPublic, Optional<String> revision) {}

    /**
     * The deletion cost of this pod, which the pod writes to Kubernetes.
     *
     * @param interval the shortest time between two writes; empty means no writes
     */
    public record Cost(Optional<Duration> interval) {}

    /** Whether requests are traced through the fleet. */
    public record Tracing(boolean enabled) {}

    /**
     * The lines on standard error, and their form.
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
