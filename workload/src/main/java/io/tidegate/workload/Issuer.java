package io.tidegate.workload;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Issues tokens that allow everything to the clients of a closed fleet: JWTs (RFC 7519) with HMAC and SHA-256. Any
 * thread.
 */
public final class Issuer {
    /** A short lifetime, so that many tokens end during a run. */
    public static final Duration SHORT = Duration.ofSeconds(20);
    /** For clients that cannot renew their token. */
    public static final Duration LONG = Duration.ofDays(1);

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    private static final int SECRET_BYTES = 32;

    private final String secret;
    /** A counter that makes every token different, even within a second. */
    private final AtomicLong issued = new AtomicLong();

    private Issuer(String secret) {
        this.secret = secret;
    }

    /** An issuer with a new random secret. */
    public static Issuer create() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return new Issuer(HexFormat.of().formatHex(secret));
    }

    /** The settings that close a server to all clients without a token of this issuer. */
    public Map<String, String> settings() {
        return Map.of("tidegate.auth.secret", secret, "tidegate.auth.leeway", "5s");
    }

    /** The secret, for programs that sign tokens themselves. */
    public String secret() {
        return secret;
    }

    /**
     * A token of this user.
     *
     * @param user letters, digits and hyphens
     */
    public String token(String user, Duration life) {
        long expires = System.currentTimeMillis() / 1_000 + life.toSeconds();
        String claims = "{\"jti\":\"" + issued.incrementAndGet() + "\",\"sub\":\"" + user + "\",\"exp\":" + expires
                + ",\"tidegate\":{\"subscribe\":[\"*\"],\"publish\":[\"*\",\"/\"],\"presence\":[\"*\"]}}";
        String signed = HEADER + "." + encoded(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return signed + "." + BASE64.encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each JDK has HmacSHA256", e);
        }
    }

    private static String encoded(String text) {
        return BASE64.encodeToString(text.getBytes(UTF_8));
    }
}
