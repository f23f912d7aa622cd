package io.tidegate.check;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The content of a message, which identifies the message.
 *
 * @param publisher the publisher's number, from 0
 * @param number the publisher's own count, over all topics
 */
public record Payload(int publisher, int number) {
    private static final Pattern JSON = Pattern.compile("\"(\\d{1,9}):(\\d{1,9})(:[^\"]*)?\"");

    public String json() {
        return "\"" + publisher + ":" + number + "\"";
    }

    /**
     * Reads a payload; empty where a rehearsal does not publish such text. What follows another colon is ignored here.
     */
    public static Optional<Payload> of(String json) {
        Matcher matcher = JSON.matcher(json);
        return matcher.matches()
                ? Optional.of(new Payload(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    long packed() {
        return (long) publisher << 32 | number;
    }

    static Payload unpacked(long packed) {
        return new Payload((int) (packed >> 32), (int) packed);
    }

    @Override
    public String toString() {
        return publisher + ":" + number;
    }
}
