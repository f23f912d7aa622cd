package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Rejection;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides, before the upgrade, whether a connection may be opened. A permit is counted from the decision on, so that
 * handshakes that run side by side cannot exceed a limit together.
 */
public final class Admission {

    /** The answer to a handshake. */
    public sealed interface Decision {}

    /**
     * Refused, as the HTTP response that says so.
     *
     * @param status 403 or 503
     * @param retryAfterSeconds for {@code Retry-After}; 0 for none
     * @param message one sentence for the response's body
     */
    public record Refused(int status, int retryAfterSeconds, String message) implements Decision {}

    /** Admitted. Counts until it is closed, which may happen more than once. */
    public final class Permit implements Decision, AutoCloseable {
        private final InetAddress client;
        private final AtomicBoolean held = new AtomicBoolean(true);

        private Permit(InetAddress client) {
            this.client = client;
        }

        @Override
        public void close() {
            if (held.compareAndSet(true, false)) {
                open.decrementAndGet();
                leave(client);
            }
        }
    }

    private static final int RETRY_ELSEWHERE_SECONDS = 1;
    private static final int RETRY_WHEN_FULL_SECONDS = 5;

    private final Settings.Limits limits;
    private final Settings.Peers peers;
    private final Metrics metrics;
    private final Clock clock;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> openByClient = new ConcurrentHashMap<>();
    private final RateLimit handshakes;
    private volatile boolean draining;

    Admission(Settings settings, Metrics metrics, Clock clock) {
        this.limits = settings.limits();
        this.peers = settings.peers();
        this.metrics = metrics;
        this.clock = clock;
        this.handshakes = RateLimit.of(limits.handshakes());
    }

    /**
     * Decides on one handshake. Any thread.
     *
     * @param origin the header {@code Origin}, null where there is none
     * @param peer the address of the TCP connection
     * @param forwardedFor the values of {@code X-Forwarded-For}, in the order of the request
     */
    public Decision admit(@Nullable String origin, InetAddress peer, List<String> forwardedFor) {
        if (draining) {
            return refuse(Rejection.DRAINING, 503, RETRY_ELSEWHERE_SECONDS, "this node is draining");
        }
        if (!peers.origins().allows(origin)) {
            return refuse(Rejection.ORIGIN, 403, 0, "origin not allowed");
        }
        if (!handshakes.allows(clock.nanoTime())) {
            return refuse(Rejection.HANDSHAKES, 503, RETRY_ELSEWHERE_SECONDS, "too many handshakes a second");
        }
        InetAddress client = peers.proxies().clientAddress(peer, forwardedFor);
        if (!enter(client)) {
            return refuse(Rejection.PER_IP, 503, RETRY_WHEN_FULL_SECONDS, "too many connections of this address");
        }
        if (open.incrementAndGet() > limits.connections()) {
            open.decrementAndGet();
            leave(client);
            return refuse(Rejection.CONNECTIONS, 503, RETRY_WHEN_FULL_SECONDS, "this node is full");
        }
        return new Permit(client);
    }

    /** Connections that count against the limit. */
    public int open() {
        return open.get();
    }

    /** From now on everybody is refused. */
    void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }

    private boolean enter(InetAddress client) {
        if (limits.perIp() == 0) {
            return true;
        }
        AtomicBoolean entered = new AtomicBoolean();
        openByClient.compute(client, (address, count) -> {
            int present = count == null ? 0 : count;
            entered.setPlain(present < limits.perIp());
            return entered.getPlain() ? Integer.valueOf(present + 1) : count;
        });
        return entered.getPlain();
    }

    private void leave(InetAddress client) {
        if (limits.perIp() > 0) {
            openByClient.computeIfPresent(client, (address, count) -> count == 1 ? null : count - 1);
        }
    }

    private Refused refuse(Rejection reason, int status, int retryAfterSeconds, String message) {
        metrics.connectionsRejected(reason).increment();
        return new Refused(status, retryAfterSeconds, message);
    }
}
