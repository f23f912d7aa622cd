package io.tidegate.workload;

import io.tidegate.check.Payload;
import java.util.Optional;

/**
 * The text of a message: its publisher, its number, when it was due, and padding.
 *
 * @param due {@code System.nanoTime()} of this process
 */
record Stamp(Payload payload, long due) {

    /**
     * The text, padded to this many characters. It has only digits, colons and dots, so that in JSON it needs only
     * quotes.
     */
    String text(int size) {
        String name = payload.publisher() + ":" + payload.number() + ":" + due + ":";
        return name + ".".repeat(Math.max(0, size - name.length()));
    }

    /** Reads a stamp; empty where the text is not a stamp. */
    static Optional<Stamp> of(CharSequence text) {
        int first = colon(text, 0);
        int second = colon(text, first + 1);
        int third = colon(text, second + 1);
        if (first < 1 || second < first || third < second || first > 9 || second - first > 10) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Stamp(
                    new Payload(Integer.parseInt(text, 0, first, 10), Integer.parseInt(text, first + 1, second, 10)),
                    Long.parseLong(text, second + 1, third, 10)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The same for a JSON string. */
    static Optional<Stamp> ofJson(String json) {
        return json.length() > 2 && json.charAt(0) == '"' ? of(json.substring(1, json.length() - 1)) : Optional.empty();
    }

    /** The index of the next colon; -1 where there is none, or where there was none before. */
    private static int colon(CharSequence text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == ':') {
                return i;
            }
        }
        return -1;
    }
}
