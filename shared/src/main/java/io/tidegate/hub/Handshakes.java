package io.tidegate.hub;

import java.util.concurrent.ConcurrentHashMap;

/**
 * A limit of handshakes a second, shared fairly: while other networks connect, one network gets a tenth of the rate. A
 * network that connects alone may use the whole rate, because a whole office may be behind one address. Any thread.
 */
final class Handshakes {
    /** The part of the burst that a network above its tenth may not use. That part is left to other networks. */
    private static final double RESERVED = 0.5;

    private static final int PARTS = 10;

    /** The largest number of networks that are remembered. Above it all of them are forgotten. */
    private static final int MOST = 10_000;

    private final int part;
    private final RateLimit all;
    private final ConcurrentHashMap<Network, RateLimit> networks = new ConcurrentHashMap<>();

    /** The limit; 0 for no limit. */
    Handshakes(int perSecond) {
        this.part = Math.max(1, perSecond / PARTS);
        this.all = RateLimit.of(perSecond);
    }

    /** Whether one more handshake is within the limit. A handshake that is allowed counts. */
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

    /** The last allowed handshake does not count against the other networks' limit. */
    void giveBack() {
        all.giveBack();
    }
}
