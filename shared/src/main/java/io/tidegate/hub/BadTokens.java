package io.tidegate.hub;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many bad tokens an address has brought of late. Above the rate it is refused before its token is looked at. The addresses of
 * an IPv6 network of 64 bits, which one customer has, count as one. Any thread.
 */
final class BadTokens {
    /** A second, and at once. */
    private static final int RATE = 10;

    /** Addresses that are remembered; beyond that all are forgotten. */
    private static final int MOST = 10_000;

    private static final int NETWORK_BYTES = 8;

    private final ConcurrentHashMap<ByteBuffer, RateLimit> addresses = new ConcurrentHashMap<>();

    boolean mayTry(InetAddress address, long nanoTime) {
        RateLimit limit = addresses.isEmpty() ? null : addresses.get(network(address));
        return limit == null || limit.hasRoom(nanoTime);
    }

    void add(InetAddress address, long nanoTime) {
        if (addresses.size() >= MOST) {
            addresses.clear();
        }
        var unused = addresses
                .computeIfAbsent(network(address), key -> RateLimit.of(RATE))
                .exceed(nanoTime);
    }

    int size() {
        return addresses.size();
    }

    private static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }
}
