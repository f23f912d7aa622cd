package io.tidegate.settings;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The web pages that may open a connection, by the {@code Origin} header that a browser sends (RFC 6455, section 10.2).
 *
 * <p>Two origins are the same where scheme, host and port are the same (RFC 6454, section 5). Letter case does not
 * count, and {@code https://a.example:443} is the same as {@code https://a.example}.
 *
 * @param names the origins, in lower case and without default ports; only {@code *} means any page
 */
public record Origins(Set<String> names) {
    /** Every page. */
    public static final Origins ANY = new Origins(Set.of("*"));

    static final String ALLOWED = "* or a comma-separated list of scheme://host[:port]";

    /** Only ASCII, and matched before the text is made lower case: the Kelvin sign in lower case is a plain k. */
    private static final Pattern ORIGIN =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]))(:[1-9][0-9]{0,4})?");

    public Origins {
        names = Set.copyOf(names);
    }

    /** Reads {@code *} or a comma-separated list; empty where the text is neither. */
    public static Optional<Origins> parse(String text) {
        if (text.equals("*")) {
            return Optional.of(ANY);
        }
        Set<String> names = new HashSet<>();
        for (String part : text.split(",", -1)) {
            Optional<String> name = canonical(part.strip());
            if (name.isEmpty()) {
                return Optional.empty();
            }
            names.add(name.get());
        }
        return Optional.of(new Origins(names));
    }

    /**
     * Whether a handshake with this {@code Origin} may go on.
     *
     * @param origin the header's value; null where there is no such header. Then the client is not a browser, because
     *     no page can make its user's browser leave the header out
     */
    public boolean allows(@Nullable String origin) {
        return origin == null
                || equals(ANY)
                || canonical(origin).filter(names::contains).isPresent();
    }

    private static Optional<String> canonical(String origin) {
        Matcher parts = ORIGIN.matcher(origin);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String schemeAndHost = parts.group(1).toLowerCase(Locale.ROOT);
        String port = parts.group(2);
        boolean implied = port == null
                || (port.equals(":80") && schemeAndHost.startsWith("http://"))
                || (port.equals(":443") && schemeAndHost.startsWith("https://"));
        return Optional.of(implied ? schemeAndHost : schemeAndHost + port);
    }
}
