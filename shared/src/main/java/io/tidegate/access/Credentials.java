package io.tidegate.access;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The token of a handshake. It is in {@code Authorization: Bearer} (RFC 6750) or, for a browser, in a second subprotocol,
 * the query or a cookie.
 *
 * @param readsStatus whether the client can read the HTTP status of a refusal; a script in a browser cannot
 */
public record Credentials(Optional<String> token, boolean readsStatus) {
    /** The prefix of the subprotocol that carries a token. This subprotocol is never confirmed. */
    public static final String SUBPROTOCOL = "tidegate.token.";

    /** The name of the query parameter. */
    public static final String QUERY = "access_token";

    private static final Pattern BEARER = Pattern.compile("\\s*bearer(?:\\s+(.*))?", Pattern.CASE_INSENSITIVE);

    /**
     * Finds the token.
     *
     * @param headers the values of a header, by its name
     * @param subprotocols that the client offers
     * @param query the values of {@link #QUERY}
     * @param cookie the name of the cookie that may carry the token
     */
    public static Credentials of(
            Function<String, List<String>> headers,
            List<String> subprotocols,
            List<String> query,
            Optional<String> cookie) {
        Optional<String> header = headers.apply("Authorization").stream()
                .map(BEARER::matcher)
                .filter(Matcher::matches)
                .map(bearer -> bearer.group(1) == null ? "" : bearer.group(1).strip())
                .findFirst();
        if (header.isPresent()) {
            return new Credentials(header, true);
        }
        Optional<String> ofScript = subprotocols.stream()
                .filter(offer -> offer.startsWith(SUBPROTOCOL))
                .map(offer -> offer.substring(SUBPROTOCOL.length()))
                .findFirst()
                .or(() -> query.stream().findFirst())
                .or(() -> cookie.flatMap(name -> cookie(headers.apply("Cookie"), name)));
        return new Credentials(ofScript, ofScript.isEmpty());
    }

    /** Reads a cookie (RFC 6265, section 4.2.1). */
    private static Optional<String> cookie(List<String> values, String name) {
        return values.stream()
                .flatMap(value -> List.of(value.split(";", -1)).stream())
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst();
    }
}
