package io.tidegate.workload;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The wires of a pool's clients.
 *
 * @param shares of each wire, in any unit
 */
public record Mix(Map<Wire, Integer> shares) {
    /** The golden ratio: the fractional parts of its multiples are spread evenly over 0 to 1. */
    private static final double GOLDEN = 0.618_033_988_749_894_9;

    public Mix {
        shares = Map.copyOf(shares);
        if (total(shares) <= 0 || shares.values().stream().anyMatch(share -> share < 0)) {
            throw new IllegalArgumentException("shares " + shares + "; allowed are 0 or more, and one above 0");
        }
    }

    /** All clients use the same wire. */
    public static Mix of(Wire wire) {
        return new Mix(Map.of(wire, 1));
    }

    /**
     * Reads {@code v1}, or {@code v1=90,plain=10}.
     *
     * @throws IllegalArgumentException with a message that says what is allowed
     */
    public static Mix parse(String text) {
        Map<Wire, Integer> shares = new EnumMap<>(Wire.class);
        for (String part : text.split(",", -1)) {
            String[] sides = part.trim().split("=", 2);
            try {
                Wire wire = Wire.valueOf(sides[0].trim().toUpperCase(Locale.ROOT));
                shares.put(wire, sides.length == 1 ? 1 : Integer.parseInt(sides[1].trim()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "'" + part.trim() + "'; allowed are v1, plain, broadcast, and shares of them: v1=90,plain=10",
                        e);
            }
        }
        return new Mix(shares);
    }

    /** The wire of a client, counted from 0. Any range of clients has the same mix as the whole. */
    Wire of(int client) {
        double at = client * GOLDEN % 1 * total(shares);
        for (Wire wire : Wire.values()) {
            at -= shares.getOrDefault(wire, 0);
            if (at < 0) {
                return wire;
            }
        }
        throw new IllegalStateException("a share of " + shares + " that is none");
    }

    boolean has(Wire wire) {
        return shares.getOrDefault(wire, 0) > 0;
    }

    private static int total(Map<Wire, Integer> shares) {
        return shares.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public String toString() {
        return shares.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(share -> share.getKey().name().toLowerCase(Locale.ROOT) + "=" + share.getValue())
                .collect(Collectors.joining(","));
    }
}
