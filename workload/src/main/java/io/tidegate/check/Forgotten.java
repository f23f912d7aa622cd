package io.tidegate.check;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of forgotten messages, a bit for each, so that a message that comes again is recognized. A position is
 * treated as text; a position that ends in a number is only stored in fewer bytes.
 */
final class Forgotten {
    private static final Pattern NUMBERED = Pattern.compile("(.*?)([1-9]\\d{0,7}|0)");

    private final Map<Integer, BitSet> numbers = new HashMap<>();
    private final Map<String, BitSet> positions = new HashMap<>();
    private final Set<String> otherPositions = new HashSet<>();

    void add(Payload payload) {
        numbers.computeIfAbsent(payload.publisher(), unknown -> new BitSet()).set(payload.number());
    }

    boolean has(Payload payload) {
        BitSet known = numbers.get(payload.publisher());
        return known != null && known.get(payload.number());
    }

    void add(String position) {
        Matcher parts = NUMBERED.matcher(position);
        if (parts.matches()) {
            positions.computeIfAbsent(parts.group(1), unknown -> new BitSet()).set(Integer.parseInt(parts.group(2)));
        } else {
            otherPositions.add(position);
        }
    }

    boolean has(String position) {
        Matcher parts = NUMBERED.matcher(position);
        if (!parts.matches()) {
            return otherPositions.contains(position);
        }
        BitSet known = positions.get(parts.group(1));
        return known != null && known.get(Integer.parseInt(parts.group(2)));
    }
}
