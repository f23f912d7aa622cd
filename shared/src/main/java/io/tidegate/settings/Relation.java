package io.tidegate.settings;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A rule that several settings must follow together.
 *
 * @param key the key whose value is reported
 * @param others the keys that the value is compared with
 * @param holds whether the rule is followed; called only where each of the values is valid by itself
 * @param rule the text that says what is allowed
 */
record Relation(Key<?> key, List<Key<?>> others, Predicate<Values> holds, String rule) {

    private static final String WITHOUT_CERTIFICATE = "must be empty without a certificate";

    static final List<Relation> ALL = List.of(
            new Relation(
                    Keys.MANAGEMENT_PORT,
                    List.of(Keys.PORT),
                    values -> Settings.Server.differ(values.get(Keys.PORT), values.get(Keys.MANAGEMENT_PORT)),
                    "must differ from the other port"),
            new Relation(
                    Keys.API_PORT,
                    List.of(Keys.PORT, Keys.MANAGEMENT_PORT, Keys.API_KEYS),
                    values -> values.get(Keys.API_KEYS).isEmpty()
                            || (Settings.Server.differ(values.get(Keys.PORT), values.get(Keys.API_PORT))
                                    && Settings.Server.differ(
                                            values.get(Keys.MANAGEMENT_PORT), values.get(Keys.API_PORT))),
                    "must differ from the other ports"),
            new Relation(
                    Keys.IDLE,
                    List.of(Keys.HEARTBEAT),
                    values -> Settings.Peers.outlasts(values.get(Keys.IDLE), values.get(Keys.HEARTBEAT)),
                    "must be more than the heartbeat"),
            new Relation(
                    Keys.QUEUE,
                    List.of(Keys.MESSAGE),
                    values -> Settings.Limits.fits(values.get(Keys.MESSAGE), values.get(Keys.QUEUE)),
                    "must be at least the largest message"),
            new Relation(
                    Keys.RELAY_CONFIG,
                    List.of(Keys.RELAY_URL),
                    values -> values.text(Keys.RELAY_CONFIG).isEmpty()
                            || values.text(Keys.RELAY_URL).isEmpty(),
                    "must be empty if a URL is set"),
            new Relation(
                    Keys.AUTH_AUDIENCE,
                    List.of(Keys.AUTH_JWKS),
                    values -> values.text(Keys.AUTH_JWKS).isEmpty()
                            || !values.text(Keys.AUTH_AUDIENCE).isEmpty(),
                    "must not be empty with a JWK Set, because its issuer can issue tokens for other servers, too"),
            new Relation(
                    Keys.AUTH_ALGORITHMS,
                    List.of(Keys.AUTH_JWKS, Keys.AUTH_SECRET),
                    values -> values.get(Keys.AUTH_ALGORITHMS).stream()
                            .allMatch(name -> !values.text(name.startsWith("HS") ? Keys.AUTH_SECRET : Keys.AUTH_JWKS)
                                    .isEmpty()),
                    "HS256 to HS512 need a secret, the other algorithms need a JWK Set"),
            new Relation(
                    Keys.AUTH_SECRET,
                    List.of(Keys.AUTH_ALGORITHMS),
                    values -> AuthFormats.isLongEnough(values.text(Keys.AUTH_SECRET), values.get(Keys.AUTH_ALGORITHMS)),
                    "must have at least 48 bytes for HS384 and 64 for HS512 (RFC 7518, section 3.2)"),
            new Relation(
                    Keys.AUTH_COOKIE,
                    List.of(Keys.ORIGINS),
                    values -> values.text(Keys.AUTH_COOKIE).isEmpty()
                            || !values.get(Keys.ORIGINS).equals(Origins.ANY),
                    "must be empty if every web page may connect, because a browser sends the cookie for every page"),
            together(Keys.TLS_CERTIFICATE, Keys.TLS_KEY, "needs a private key"),
            together(Keys.TLS_KEY, Keys.TLS_CERTIFICATE, WITHOUT_CERTIFICATE),
            together(Keys.TLS_CLIENTS, Keys.TLS_CERTIFICATE, WITHOUT_CERTIFICATE),
            withCredentialsInUrl(Keys.RELAY_USERNAME),
            withCredentialsInUrl(Keys.RELAY_PASSWORD),
            new Relation(
                    Keys.DRAIN_TIMEOUT,
                    List.of(Keys.DRAIN_NOTICE, Keys.DRAIN_WINDOW),
                    values -> Settings.Drain.fits(
                            values.get(Keys.DRAIN_NOTICE),
                            values.get(Keys.DRAIN_WINDOW),
                            values.get(Keys.DRAIN_TIMEOUT)),
                    "must be more than notice and window together"));

    private static Relation together(Key<?> key, Key<?> other, String rule) {
        return new Relation(
                key,
                List.of(other),
                values -> values.text(key).isEmpty() || !values.text(other).isEmpty(),
                rule);
    }

    private static Relation withCredentialsInUrl(Key<?> key) {
        return new Relation(
                key,
                List.of(Keys.RELAY_URL),
                values -> values.text(key).isEmpty()
                        || values.get(Keys.RELAY_URL).password().isEmpty(),
                "must be empty if the URL contains the credentials");
    }

    /** The error line; empty where the rule is followed, or one of the values is not valid by itself. */
    Optional<String> error(Values values) {
        if (!values.isGood(key) || !values.areGood(others) || holds.test(values)) {
            return Optional.empty();
        }
        String against = others.stream().map(values::show).collect(Collectors.joining(", "));
        return Optional.of(values.show(key) + ": " + rule + " (" + against + ")");
    }
}
