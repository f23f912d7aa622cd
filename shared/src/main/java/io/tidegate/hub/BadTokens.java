package io.tidegate.hub;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The rate of bad tokens of each network. Above the limit a network is refused before its token is checked. Any thread.
 */
final class BadTokens {
    /** Bad tokens a second, and the largest burst. */
    private static final int RATE = 10;

    /** The largest number of networks that are remembered. Above it all of them are forgotten. */
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
