package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A change of a topic's presence, as nodes are told of it on the topic's channel: two lines, {@code presence} and epoch, version and
 * whether it is settled; then for each user a line of connections, milliseconds and the length of the name, and the name.
 *
 * @param version of the presence after it
 * @param settled as {@link PresenceAnswer#settled}
 * @param users who came or left, or has another number of connections
 */
public record PresenceChange(Position version, boolean settled, List<Present> users) implements TopicPacket {
    /** The first line. */
    static final byte[] HEADER = "presence\n".getBytes(US_ASCII);

    private static final String NAMED = "=";

    /** How Redis, and a change, has a user: with a mark before the name, so that nobody's name is that of nobody. */
    static String field(Optional<String> user) {
        return user.map(NAMED::concat).orElse("");
    }

    static Optional<String> user(String field) {
        return field.isEmpty() ? Optional.empty() : Optional.of(field.substring(NAMED.length()));
    }

    /** The bytes that travel. */
    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HEADER);
        out.writeBytes((version.epoch() + " " + version.offset() + (settled ? " 1\n" : " 0\n")).getBytes(US_ASCII));
        for (Present present : users) {
            byte[] name = field(present.user()).getBytes(UTF_8);
            out.writeBytes(
                    (present.connections() + " " + present.since() + " " + name.length + "\n").getBytes(US_ASCII));
            out.writeBytes(name);
        }
        return out.toByteArray();
    }

    static boolean isOne(byte[] bytes) {
        return bytes.length > HEADER.length && Arrays.equals(bytes, 0, HEADER.length, HEADER, 0, HEADER.length);
    }

    /** The change of these bytes; empty where they are of another shape, since anyone may publish to a channel. */
    static Optional<PresenceChange> decode(byte[] bytes) {
        try {
            return isOne(bytes) ? Optional.of(new Reader(bytes).read()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static final class Reader {
        private static final int LONGEST_LINE = 64;

        private final byte[] bytes;
        private int at = HEADER.length;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        PresenceChange read() {
            String[] head = line();
            Position version = Position.parse(head[0] + "-" + head[1]).orElseThrow(IllegalArgumentException::new);
            List<Present> users = new ArrayList<>();
            while (at < bytes.length) {
                String[] words = line();
                users.add(new Present(
                        user(field(Integer.parseInt(words[2]))), Integer.parseInt(words[0]), Long.parseLong(words[1])));
            }
            return new PresenceChange(version, head[2].equals("1"), users);
        }

        private String[] line() {
            for (int end = at; end < Math.min(bytes.length, at + LONGEST_LINE); end++) {
                if (bytes[end] == '\n') {
                    String[] words = new String(bytes, at, end - at, US_ASCII).split(" ", -1);
                    at = end + 1;
                    if (words.length == 3) {
                        return words;
                    }
                    break;
                }
            }
            throw new IllegalArgumentException("no line of three words");
        }

        private String field(int length) {
            if (length < 0 || length > bytes.length - at) {
                throw new IllegalArgumentException("a name beyond the end");
            }
            String text = new String(bytes, at, length, UTF_8);
            at += length;
            if (!text.isEmpty() && !text.startsWith(NAMED)) {
                throw new IllegalArgumentException("a name without its mark");
            }
            return text;
        }
    }
}
