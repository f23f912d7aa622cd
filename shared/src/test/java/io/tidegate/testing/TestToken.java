package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A token as somebody else's login service makes it, without a library.
 *
 * @param claims the members of its payload, as JSON
 */
public record TestToken(String claims) {
    public static final String SECRET = "a-secret-of-more-than-thirty-two-bytes";

    /** Of a server that takes these tokens, and lets every user subscribe and publish to every topic. */
    public static Map<String, String> settings() {
        return Map.of("tidegate.auth.secret", SECRET, "tidegate.auth.subscribe", "*", "tidegate.auth.publish", "*");
    }

    /** Of a user, without rights of its own. */
    public static TestToken of(String user, long expiresEpochSeconds) {
        return new TestToken("\"sub\":\"" + user + "\",\"exp\":" + expiresEpochSeconds);
    }

    /** Of a user, for an hour by this machine's clock. */
    public static TestToken of(String user) {
        return of(user, System.currentTimeMillis() / 1000 + 3600);
    }

    /** With the rights to do both on these topics, as JSON strings with commas between them. */
    public TestToken with(String subscribe, String publish) {
        return new TestToken(
                claims + ",\"tidegate\":{\"subscribe\":[" + subscribe + "],\"publish\":[" + publish + "]}");
    }

    public String signed() {
        return signed(SECRET);
    }

    public String signed(String secret) {
        String input = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encoded("{" + claims + "}");
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return input + "." + encoded(mac.doFinal(input.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
