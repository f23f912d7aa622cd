package io.tidegate.workload;

import io.tidegate.client.Trace;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the publishes of one client that the server answers by {@code relay-unavailable}. The client sends them again by itself
 * and tells nobody, but the publish may then come behind later ones (docs/protocol.md). So the ids of the publishes have their
 * numbers, and the answers are read from the traces.
 */
final class Refusals {
    private static final String CODE = "\"code\":\"relay-unavailable\"";

    private final String prefix = UUID.randomUUID() + "-";
    private final Pattern id = Pattern.compile("\"id\":\"" + prefix + "(\\d{1,9})\"");

    /** The id of the client's publish with this number. It is unique among all publishers. */
    String id(int number) {
        return prefix + number;
    }

    /** The number of the publish that this refuses; empty where it is anything else. */
    OptionalInt refused(Trace trace) {
        if (trace.kind() != Trace.Kind.RECEIVED || !trace.text().contains(CODE)) {
            return OptionalInt.empty();
        }
        Matcher refused = id.matcher(trace.text());
        return refused.find() ? OptionalInt.of(Integer.parseInt(refused.group(1))) : OptionalInt.empty();
    }
}
