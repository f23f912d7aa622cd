package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Rejection;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides, before the upgrade, whether a connection can be opened. A permit counts from the decision on, so concurrent
 * handshakes cannot exceed a limit together.
 */
public final class Admission {

    /** The answer to a handshake. */
    public sealed interface Decision {}

    /**
     * The handshake is refused; the HTTP response has these values.
     *
     * @param status 401, 403 or 503
     * @param retryAfterSeconds the value for {@code Retry-After}; 0 for none
     * @param message one sentence for the response's body
     * @param challenge the value for {@code WWW-Authenticate}
     */
    public record Refused(int status, int retryAfterSeconds, String message, Optional<String> challenge)
            implements Decision {}

    /** The handshake is admitted. A permit counts until it is closed. It can be closed more than once. */
    public final class Permit implements Decision, AutoCloseable {
        private final Network client;
        private final AtomicBoolean held = new AtomicBoolean(true);
        private volatile Optional<String> user = Optional.empty();

        private Permit(Network client) {
            this.client = client;
        }

        /** The client that has this connection: a user, or the network of an address where there is no token. */
        Object client() {
            return user.isPresent() ? user.get() : client;
        }

        @Override
        public void close() {
            if (held.compareAndSet(true, false)) {
                open.decrementAndGet();
                byClient.leave(client);
                user.ifPresent(byUser::leave);
            }
        }

        /**
         * Counts the connection against the limit of this user, too. To be called once.
         *
         * @return the refusal where the user has too many connections; the caller must then close the permit
         */
        public Optional<Refused> of(String name) {
            if (!byUser.enter(name)) {
                return Optional.of(
                        refuse(Rejection.PER_USER, 503, RETRY_WHEN_FULL_SECONDS, "too many connections of this user"));
            }
            user = Optional.of(name);
            return Optional.empty();
        }

        /**
         * The token of this handshake was bad. The handshake does not count against the rate of handshakes, so it takes
         * nothing from other clients, and the number of bad tokens that one address can have checked is limited.
         */
        public void tokenRefused() {
            handshakes.giveBack();
            badTokens.add(client, clock.nanoTime());
        }
    }

    private static final int RETRY_ELSEWHERE_SECONDS = 1;
    private static final int RETRY_WHEN_FULL_SECONDS = 5;

    private final Settings.Limits limits;
    private final Settings.Peers peers;
    private final Metrics metrics;
    private final Clock clock;
    private final AtomicInteger open = new AtomicInteger();
    private final Shares<Network> byClient;
    private final Shares<String> byUser;
    private final BadTokens badTokens = new BadTokens();
    private final Handshakes handshakes;
    private volatile boolean draining;
    private volatile int handOvers = Integer.MAX_VALUE;

    Admission(Settings settings, Metrics metrics, Clock clock) {
        this.limits = settings.limits();
        this.peers = settings.peers();
        this.metrics = metrics;
        this.clock = clock;
        this.handshakes = new Handshakes(limits.handshakes());
        this.byClient = new Shares<>(limits.perIp());
        this.byUser = new Shares<>(limits.perUser());
    }

    /**
     * Decides on one handshake. Any thread.
     *
     * @param origin the header {@code Origin}, null where there is none
     * @param peer the address of the TCP connection
     * @param forwardedFor the values of {@code X-Forwarded-For}, in the order of the request
     * @param handsOver whether another connection still serves the client, so that a refusal costs the client one more
     *     try and nothing else
     */
    public Decision admit(@Nullable String origin, InetAddress peer, List<String> forwardedFor, boolean handsOver) {
        if (draining) {
            return refuseDraining();
        }
        if (!peers.origins().allows(origin)) {
            return refuse(Rejection.ORIGIN, 403, 0, "origin not allowed");
        }
        if (handsOver && open.get() >= handOvers) {
            return refuse(Rejection.ELSEWHERE, 503, RETRY_ELSEWHERE_SECONDS, "this node takes no hand-overs now");
        }
        Network client = Network.of(peers.proxies().clientAddress(peer, forwardedFor));
        long now = clock.nanoTime();
        if (!badTokens.mayTry(client, now)) {
            return refuse(Rejection.TOKEN, 503, RETRY_WHEN_FULL_SECONDS, "too many bad tokens from this address");
        }
        if (!handshakes.allows(client, now)) {
            return refuse(Rejection.HANDSHAKES, 503, RETRY_ELSEWHERE_SECONDS, "too many handshakes a second");
        }
        if (!byClient.enter(client)) {
            return refuse(Rejection.PER_IP, 503, RETRY_WHEN_FULL_SECONDS, "too many connections from this address");
        }
        if (open.incrementAndGet() > limits.connections()) {
            open.decrementAndGet();
            byClient.leave(client);
            return refuse(Rejection.CONNECTIONS, 503, RETRY_WHEN_FULL_SECONDS, "this node is full");
        }
        Permit permit = new Permit(client);
        if (draining) {
            // The drain has begun after the first check, and may have read the open permits before this permit was
            // counted.
            permit.close();
            return refuseDraining();
        }
        return permit;
    }

    /** The connections that count against the limit, including handshakes under way. */
    public int open() {
        return open.get();
    }

    /** From now on clients that hand over are refused where this number of connections is open. Any thread. */
    public void takeHandOversBelow(int connections) {
        handOvers = connections;
    }

    /** From now on every handshake is refused. */
    void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }

    private Refused refuseDraining() {
        return refuse(Rejection.DRAINING, 503, RETRY_ELSEWHERE_SECONDS, "this node is draining");
    }

    private Refused refuse(Rejection reason, int status, int retryAfterSeconds, String message) {
        metrics.connectionsRejected(reason).increment();
        return new Refused(status, retryAfterSeconds, message, Optional.empty());
    }
}
