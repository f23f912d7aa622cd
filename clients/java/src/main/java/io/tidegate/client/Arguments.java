package io.tidegate.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the application's arguments before they are used: a frame that a server cannot read costs the connection, and
 * would be sent again on the next one. All methods throw {@link IllegalArgumentException}, which names the argument and
 * what is allowed.
 */
final class Arguments {
    /** The largest nesting depth of a value. The frame around it adds one level, and servers read 1,000. */
    private static final int DEPTH = 999;
    /** The largest number of digits that servers read. */
    private static final int DIGITS = 1_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxNumberLength(DIGITS)
                    .build())
            .build();

    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final int LONGEST_ID = 128;
    private static final int LONGEST_POSITION = 256;
    private static final int LONGEST_QUOTE = 140;

    private Arguments() {}

    /** Checks for null, because the caller's compiler may not. */
    static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is null; allowed is any other value");
        }
        return value;
    }

    static void topic(@Nullable String topic) {
        if (topic == null || !TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException("topic " + quoted(topic) + "; allowed is " + TOPIC);
        }
    }

    static void id(@Nullable String id) {
        if (id == null || id.isEmpty() || id.length() > LONGEST_ID) {
            throw new IllegalArgumentException(
                    "id " + quoted(id) + "; allowed is a string of 1 to " + LONGEST_ID + " characters");
        }
        unicode("id", id);
    }

    /** A real position is far shorter than this limit. */
    static void position(String name, String position) {
        if (position.isEmpty() || position.length() > LONGEST_POSITION) {
            throw new IllegalArgumentException(
                    name + " " + quoted(position) + "; allowed is a position that a server has sent");
        }
        unicode(name, position);
    }

    static void positive(String name, @Nullable Duration time) {
        if (time == null || time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(name + " of " + time + "; allowed is more than 0");
        }
    }

    /** Checks that the text is one JSON value that servers can read. */
    static void json(String name, @Nullable String text) {
        if (text == null) {
            throw new IllegalArgumentException(name + " is null; allowed is JSON text, where null is \"null\"");
        }
        try (JsonParser json = FACTORY.createParser(text)) {
            JsonToken first = json.nextToken();
            json.skipChildren();
            json.finishToken();
            if (first == null || json.nextToken() != null) {
                throw new IllegalArgumentException(name + " is not one JSON value; allowed is JSON text");
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    name + " is not JSON; allowed is JSON text, such as \"\\\"hi\\\"\": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        unicode(name, text);
    }

    private static void unicode(String name, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(name + " has half a surrogate pair; allowed is valid Unicode");
        }
    }

    private static String quoted(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        return text.length() <= LONGEST_QUOTE
                ? '"' + text + '"'
                : '"' + text.substring(0, LONGEST_QUOTE) + "...\" of " + text.length() + " characters";
    }
}
