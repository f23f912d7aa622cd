package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Parsed;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a request.
 *
 * @param values by name, decoded
 */
record Query(Map<String, String> values) {

    /** Reads {@code a=b&c=d}. */
    static Parsed<Query> of(String text) {
        Map<String, String> values = new HashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            Optional<String> name = decoded(equals < 0 ? pair : pair.substring(0, equals), true);
            Optional<String> value = decoded(equals < 0 ? "" : pair.substring(equals + 1), true);
            if (name.isEmpty() || value.isEmpty()) {
                return new Bad<>("the query is not encoded correctly; allowed is UTF-8 as %XX");
            }
            if (values.put(name.get(), value.get()) != null) {
                return new Bad<>("a parameter is in the query twice; allowed is once");
            }
        }
        return new Good<>(new Query(values));
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A whole number from 1 to a limit, or the default. */
    Parsed<Integer> number(String name, int fallback, int most) {
        String text = get(name).orElse(String.valueOf(fallback));
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
            return new Bad<>("\"" + name + "\" is not allowed; allowed is a whole number from 1 to " + most);
        }
        return new Good<>(Integer.parseInt(text));
    }

    /** Decodes a percent-encoded part of a URL; empty where the bytes are not UTF-8. */
    static Optional<String> decoded(String text, boolean plusIsBlank) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length() || !text.substring(i + 1, i + 3).matches("[0-9A-Fa-f]{2}")) {
                    return Optional.empty();
                }
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.writeBytes((c == '+' && plusIsBlank ? " " : String.valueOf(c)).getBytes(UTF_8));
            }
        }
        try {
            return Optional.of(UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
