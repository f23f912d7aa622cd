package io.tidegate.framing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The extensions that a client offers, in its order of preference (RFC 6455, section 9.1). */
final class Extensions {
    private static final String CHARACTERS = "!#$%&'*+.^_`|~0-9A-Za-z-";
    private static final String TOKEN = "[" + CHARACTERS + "]+";

    /**
     * A quoted value must be a token without its quotes, so a backslash can only stand before a character of a token. The
     * pattern has no repeated alternation, because backtracking over that takes too long.
     */
    private static final String QUOTED = "\"(?![^\"]*\\\\\\\\)[\\\\" + CHARACTERS + "]*[" + CHARACTERS + "]\"";

    private static final Pattern EXTENSION = Pattern.compile(TOKEN);
    private static final Pattern PARAMETER =
            Pattern.compile("(" + TOKEN + ")(?:[ \t]*=[ \t]*(" + TOKEN + "|" + QUOTED + "))?");

    private Extensions() {}

    /** One offered extension. */
    record Offer(String name, List<Parameter> parameters) {}

    /**
     * A parameter of an extension.
     *
     * @param value empty where the parameter has none; a value without characters is different
     */
    record Parameter(String name, Optional<String> value) {}

    /**
     * Reads the header.
     *
     * @param lines the values of {@code Sec-WebSocket-Extensions}, which are one list (section 9.1)
     * @return empty where an element is malformed
     */
    static Optional<List<Offer>> parse(List<String> lines) {
        List<Offer> offers = new ArrayList<>();
        for (String line : lines) {
            for (String item : line.split(",", -1)) {
                // An element of a list may be empty (RFC 9110, section 5.6.1.2).
                if (item.isBlank()) {
                    continue;
                }
                Optional<Offer> offer = offer(item);
                if (offer.isEmpty()) {
                    return Optional.empty();
                }
                offers.add(offer.get());
            }
        }
        return Optional.of(offers);
    }

    /** Splitting at commas and semicolons is safe: neither a token nor a quoted token contains one. */
    private static Optional<Offer> offer(String item) {
        String[] parts = item.split(";", -1);
        String name = parts[0].strip();
        if (!EXTENSION.matcher(name).matches()) {
            return Optional.empty();
        }
        List<Parameter> parameters = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            Matcher parameter = PARAMETER.matcher(parts[i].strip());
            if (!parameter.matches()) {
                return Optional.empty();
            }
            Optional<String> value = Optional.ofNullable(parameter.group(2)).map(Extensions::unquoted);
            parameters.add(new Parameter(parameter.group(1), value));
        }
        return Optional.of(new Offer(name, parameters));
    }

    private static String unquoted(String value) {
        return value.startsWith("\"") ? value.substring(1, value.length() - 1).replace("\\", "") : value;
    }
}
