package io.tidegate.hub;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What limits count as one client: an IPv4 address, or an IPv6 network of 64 bits, because one customer has such a
 * network.
 *
 * @param bytes the address, or the network's prefix
 */
record Network(ByteBuffer bytes) {
    private static final int IPV6_BYTES = 8;

    static Network of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return new Network(ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_BYTES) : bytes));
    }
}
