package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads members of an object that is not valid JSON, as far as possible, so that an error can name the frame that it
 * answers. Strings and brackets show where a member ends. Each returned value is valid JSON.
 */
final class LegibleMembers {
    private final byte[] text;
    private int at;

    private LegibleMembers(byte[] text) {
        this.text = text;
    }

    /** The wanted members of the outermost object. Never fails. */
    static Map<String, byte[]> of(byte[] text, Set<String> wanted) {
        return new LegibleMembers(text).read(wanted);
    }

    private Map<String, byte[]> read(Set<String> wanted) {
        Map<String, byte[]> members = new HashMap<>();
        if (!skipTo('{')) {
            return members;
        }
        while (skipTo('"')) {
            int start = at - 1;
            skipString();
            byte[] name = Arrays.copyOfRange(text, start, at);
            if (!skipTo(':')) {
                break;
            }
            int from = at;
            skipValue();
            for (String one : wanted) {
                if (Arrays.equals(name, ('"' + one + '"').getBytes(UTF_8))) {
                    put(members, one, Arrays.copyOfRange(text, from, at));
                }
            }
        }
        return members;
    }

    /** A value that is too deep for the parser is dropped too: it is neither an id nor a topic. */
    private static void put(Map<String, byte[]> members, String name, byte[] value) {
        String object = "{\"" + name + "\":" + new String(value, UTF_8) + "}";
        try {
            Json.members(object.getBytes(UTF_8), Set.of(name)).ifPresent(members::putAll);
        } catch (JsonProcessingException e) {
            members.remove(name);
        }
    }

    /** Moves to the byte after the next wanted one; false where there is none. */
    private boolean skipTo(char wanted) {
        while (at < text.length) {
            if (text[at++] == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Moves from after the opening quotation mark to after the closing one. */
    private void skipString() {
        while (at < text.length && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        at = Math.min(at + 1, text.length);
    }

    /** Moves to the comma or bracket that ends the value. */
    private void skipValue() {
        int depth = 0;
        while (at < text.length) {
            switch (text[at]) {
                case '"' -> {
                    at++;
                    skipString();
                    continue;
                }
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        return;
                    }
                }
                default -> {}
            }
            if (depth < 0) {
                return;
            }
            at++;
        }
    }
}
