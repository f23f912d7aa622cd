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
 * A change of a topic's presence. Nodes get it on the topic's channel. It begins with two lines: {@code presence}; then
 * epoch, version and whether the presence is settled. Then follow for each user a line of connections, milliseconds and
 * the length of the name, and the name.
 *
 * @param version the version of the presence after the change
 * @param settled as {@link PresenceAnswer#settled}
 * @param users the users that came or left, or whose number of connections changed
 */
public record PresenceChange(Position version, boolean settled, List<Present> users) implements TopicPacket {
    /** The first line of every change. */
    static final byte[] HEADER = "presence\n".getBytes(US_ASCII);

    private static final String NAMED = "=";

    /**
     * The form of a user in Redis and in a change. A name has a mark in front of it, so that no name is the same as no
     * user.
     */
    static String field(Optional<String> user) {
        return user.map(NAMED::concat).orElse("");
    }

    static Optional<String> user(String field) {
        return field.isEmpty() ? Optional.empty() : Optional.of(field.substring(NAMED.length()));
    }

    /** The encoded bytes. */
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

    /** Decodes a change; empty where the bytes are malformed, because anyone can publish to a channel. */
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
