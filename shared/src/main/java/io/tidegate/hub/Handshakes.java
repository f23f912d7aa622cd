package io.tidegate.hub;

import java.util.concurrent.ConcurrentHashMap;

/**
 * So many handshakes a second, and fairly: while others come, a network gets a tenth of them. Where nobody else does, it may have
 * all, since behind one address there may be a whole office. Any thread.
 */
final class Handshakes {
    /** A network that has had its part takes nothing of this part of the burst, which is left to the others. */
    private static final double RESERVED = 0.5;

    private static final int PARTS = 10;

    /** Networks that are remembered; beyond that all are forgotten. */
    private static final int MOST = 10_000;

    private final int part;
    private final RateLimit all;
    private final ConcurrentHashMap<Network, RateLimit> networks = new ConcurrentHashMap<>();

    /** So many; 0 for any number. */
    Handshakes(int perSecond) {
        this.part = Math.max(1, perSecond / PARTS);
        this.all = RateLimit.of(perSecond);
    }

    /** Whether one more is within the limit; it counts if so. */
    boolean allows(Network network, long nanoTime) {
        if (all.isOff()) {
            return true;
        }
        if (networks.size() >= MOST) {
            networks.clear();
        }
        RateLimit own = networks.computeIfAbsent(network, key -> RateLimit.of(part));
        boolean first = own.hasRoom(nanoTime);
        boolean allowed = all.allows(nanoTime, first ? 0 : RESERVED);
        if (allowed && first) {
            var unused = own.exceed(nanoTime);
        }
        return allowed;
    }

    /** The last one that was allowed does not count for the others. */
    void giveBack() {
        all.giveBack();
    }
}
