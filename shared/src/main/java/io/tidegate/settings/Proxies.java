package io.tidegate.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proxies whose {@code X-Forwarded-For} is trusted, and the client address that follows from that header.
 *
 * <p>Only literal addresses are read, here and in the header. No name is ever looked up.
 */
public record Proxies(List<Block> blocks) {
    /** No proxy: the peer of the connection is the client. */
    public static final Proxies NONE = new Proxies(List.of());

    static final String ALLOWED = "empty or a comma-separated list of addresses and CIDR blocks, such as 10.0.0.0/8";

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern BLOCK = Pattern.compile("([^/]+)(?:/([0-9]{1,3}))?");

    /** Some proxies also write the client's port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
    private static final Pattern WITH_PORT =
            Pattern.compile("\\[(?<six>[^\\]]+)](?::[0-9]{1,5})?|(?<four>[^:]+):[0-9]{1,5}");

    public Proxies {
        blocks = List.copyOf(blocks);
    }

    /** Reads a comma-separated list of addresses and CIDR blocks; empty where the text is malformed. */
    public static Optional<Proxies> parse(String text) {
        if (text.isEmpty()) {
            return Optional.of(NONE);
        }
        List<Block> blocks = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Optional<Block> block = Block.parse(part.strip());
            if (block.isEmpty()) {
                return Optional.empty();
            }
            blocks.add(block.get());
        }
        return Optional.of(new Proxies(blocks));
    }

    /**
     * The client's address: the rightmost forwarded address that is not one of these proxies.
     *
     * <p>Each proxy appends the address from which it was called. So only the entries to the right can be trusted,
     * because trusted proxies wrote them. Entries that a client itself puts into the header are to their left. If an
     * entry is not an address, the last valid address is used: the address of the proxy that wrote the entry.
     *
     * @param peer the other end of the TCP connection
     * @param forwardedFor the {@code X-Forwarded-For} headers in their order, each with one or more entries
     */
    public InetAddress clientAddress(InetAddress peer, List<String> forwardedFor) {
        String[] entries = String.join(",", forwardedFor).split(",", -1);
        InetAddress client = peer;
        for (int i = entries.length - 1; i >= 0 && contains(client); i--) {
            String entry = entries[i].strip();
            if (entry.isEmpty()) { // empty elements of a list are ignored (RFC 9110, section 5.6.1.2)
                continue;
            }
            Optional<InetAddress> next = address(withoutPort(entry));
            if (next.isEmpty()) {
                return client;
            }
            client = next.get();
        }
        return client;
    }

    private boolean contains(InetAddress address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }

    private static String withoutPort(String entry) {
        Matcher parts = WITH_PORT.matcher(entry);
        if (!parts.matches()) {
            return entry;
        }
        String six = parts.group("six");
        return six == null ? parts.group("four") : six;
    }

    /** An IPv4 address that is written as IPv6 ({@code ::ffff:192.0.2.1}) becomes the IPv4 address. */
    private static Optional<InetAddress> address(String literal) {
        try {
            if (IPV4.matcher(literal).matches()) {
                return Optional.of(InetAddress.getByName(literal));
            }
            if (IPV6.matcher(literal).matches()) {
                // Within brackets the JDK accepts only a literal address.
                return Optional.of(InetAddress.getByName("[" + literal + "]"));
            }
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** All addresses that share the first {@code prefix} bits. */
    record Block(InetAddress address, int prefix) {
        static Optional<Block> parse(String text) {
            Matcher parts = BLOCK.matcher(text);
            if (!parts.matches()) {
                return Optional.empty();
            }
            String prefix = parts.group(2);
            return Proxies.address(parts.group(1)).flatMap(address -> {
                int bits = address.getAddress().length * Byte.SIZE;
                int wanted = prefix == null ? bits : Integer.parseInt(prefix);
                return wanted > bits ? Optional.empty() : Optional.of(new Block(address, wanted));
            });
        }

        boolean contains(InetAddress other) {
            byte[] mine = address.getAddress();
            byte[] theirs = other.getAddress();
            if (mine.length != theirs.length) {
                return false;
            }
            int whole = prefix / Byte.SIZE;
            int rest = prefix % Byte.SIZE;
            return Arrays.equals(mine, 0, whole, theirs, 0, whole)
                    && (rest == 0 || (mine[whole] ^ theirs[whole]) >> (Byte.SIZE - rest) == 0);
        }
    }
}
