package io.tidegate.hub;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How many bad tokens a network has brought of late. Above the rate it is refused before its token is looked at. Any thread.
 */
final class BadTokens {
    /** A second, and at once. */
    private static final int RATE = 10;

    /** Networks that are remembered; beyond that all are forgotten. */
    private static final int MOST = 10_000;

    private final ConcurrentHashMap<Network, RateLimit> networks = new ConcurrentHashMap<>();

    boolean mayTry(Network network, long nanoTime) {
        RateLimit limit = networks.isEmpty() ? null : networks.get(network);
        return limit == null || limit.hasRoom(nanoTime);
    }

    void add(Network network, long nanoTime) {
        if (networks.size() >= MOST) {
            networks.clear();
        }
        var unused =
                networks.computeIfAbsent(network, key -> RateLimit.of(RATE)).exceed(nanoTime);
    }

    int size() {
        return networks.size();
    }
}
