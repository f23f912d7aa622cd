package io.tidegate.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsException;
import io.tidegate.settings.SettingsReader;
import io.tidegate.time.Clock;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code ./tidegate token}: makes a token for a trial, and shows what a token allows, with the server's own code. */
public final class TokenTool {
    private static final int ACCEPTED = 0;
    private static final int REFUSED = 1;
    private static final int WRONG_USAGE = 2;
    private static final int SECRET_BYTES = 32;
    private static final List<String> OPTIONS = List.of(
            "--user",
            "--subscribe",
            "--publish",
            "--presence",
            "--minutes",
            "--audience",
            "--issuer",
            "--secret",
            "--check");

    private final Map<String, String> environment;
    private final Clock clock;
    private final PrintStream out;
    private final PrintStream err;

    TokenTool(Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
        this.environment = environment;
        this.clock = clock;
        this.out = out;
        this.err = err;
    }

    /** Settings come from the environment, as for a server. */
    public static void main(String[] arguments) {
        System.exit(new TokenTool(System.getenv(), Clock.system(), System.out, System.err).run(arguments));
    }

    /** Runs the tool. Exit code 0: the token is made or accepted; 1: it is refused; 2: wrong usage. */
    int run(String... arguments) {
        try {
            Map<String, String> options = options(arguments);
            return options.containsKey("--check") ? check(options) : make(options);
        } catch (IllegalArgumentException | SettingsException e) {
            err.println("tidegate token: " + e.getMessage());
            return WRONG_USAGE;
        }
    }

    private static Map<String, String> options(String... arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i])) {
                throw new IllegalArgumentException(
                        "unknown option " + arguments[i] + "; there are " + String.join(", ", OPTIONS));
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private int make(Map<String, String> options) {
        String user = Optional.ofNullable(options.get("--user"))
                .filter(name -> !name.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("--user is missing: the user of the token"));
        Optional<String> given = Optional.ofNullable(options.get("--secret"))
                .or(() -> Optional.ofNullable(environment.get("TIDEGATE_AUTH_SECRET")));
        String secret = given.orElseGet(TokenTool::randomSecret);
        Instant expires = Instant.ofEpochMilli(clock.epochMillis()).plus(Duration.ofMinutes(minutes(options)));
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(user)
                .expirationTime(Date.from(expires))
                .claim(
                        "tidegate",
                        Map.of(
                                "subscribe", list(options, "--subscribe"),
                                "publish", list(options, "--publish"),
                                "presence", list(options, "--presence")));
        Optional.ofNullable(options.get("--audience")).ifPresent(claims::audience);
        Optional.ofNullable(options.get("--issuer")).ifPresent(claims::issuer);
        String token = signed(secret, claims.build());
        if (given.isEmpty()) {
            err.println("A new secret. Start the server with it: ./tidegate run -Dtidegate.auth.secret=" + secret);
        }
        out.println(token);
        return ACCEPTED;
    }

    private static String randomSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static long minutes(Map<String, String> options) {
        String text = options.getOrDefault("--minutes", "60");
        if (!text.matches("[1-9][0-9]{0,6}")) {
            throw new IllegalArgumentException("--minutes must be a whole number from 1 to 9999999");
        }
        return Long.parseLong(text);
    }

    private static List<String> list(Map<String, String> options, String name) {
        List<String> patterns = new ArrayList<>();
        for (String pattern : options.getOrDefault(name, "").split(",", -1)) {
            String text = pattern.strip();
            if (!text.isEmpty()) {
                if (TopicPattern.of(text, Optional.of("user")).isEmpty()) {
                    throw new IllegalArgumentException(
                            name + " has \"" + text
                                    + "\"; allowed are topics, or beginnings of topics followed by *, with commas between them");
                }
                patterns.add(text);
            }
        }
        return patterns;
    }

    private static String signed(String secret, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
            jwt.sign(new MACSigner(secret.getBytes(UTF_8)));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret must have at least 32 bytes", e);
        }
    }

    private int check(Map<String, String> options) {
        Map<String, String> configured = new HashMap<>(SettingsReader.fromEnvironment(environment));
        Optional.ofNullable(options.get("--secret"))
                .ifPresent(secret -> configured.put("tidegate.auth.secret", secret));
        Settings.Auth settings = SettingsReader.read(configured, environment).auth();
        if (settings.isOpen()) {
            throw new IllegalArgumentException(
                    "no key to check the token with: give --secret, or set TIDEGATE_AUTH_SECRET or TIDEGATE_AUTH_JWKS"
                            + " as for the server");
        }
        try (Access access = Access.of(settings, clock)) {
            return switch (access.check(options.getOrDefault("--check", ""))) {
                case Verdict.Accepted accepted -> describe(accepted.identity());
                case Verdict.Refused refused -> {
                    out.println("refused: " + refused.message());
                    yield REFUSED;
                }
            };
        }
    }

    private int describe(Identity identity) {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        Instant expires = identity.expires().orElse(now);
        out.println(
                "accepted: user " + identity.user().orElse("") + ", until " + expires.truncatedTo(ChronoUnit.SECONDS)
                        + " (" + Duration.between(now, expires).toMinutes() + " minutes, the leeway included)");
        out.println("may subscribe to: " + words(identity.rights().subscribe()));
        out.println("may publish to: " + words(identity.rights().publish()));
        out.println("may see who is in: " + words(identity.rights().presence()));
        return ACCEPTED;
    }

    private static String words(List<TopicPattern> patterns) {
        return patterns.isEmpty()
                ? "nothing"
                : String.join(
                        ", ", patterns.stream().map(TopicPattern::toString).toList());
    }
}
