package io.tidegate.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import io.tidegate.settings.SettingsReader;
import io.tidegate.time.Clock;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Two lines: a token's header and its claims. With our signature the token is accepted or refused. With another signature or
 * without one it is never accepted.
 */
public final class TokenTarget {
    private static final String SECRET = "a secret of the fuzzer, of 32 bytes at least";
    private static final long NOW = 1_800_000_000_000L;
    private static final Access ACCESS = Access.of(
            SettingsReader.read(Map.of("tidegate.auth.secret", SECRET, "tidegate.auth.publish", "{user}"), Map.of())
                    .auth(),
            new Clock() {
                @Override
                public long nanoTime() {
                    return 0;
                }

                @Override
                public long epochMillis() {
                    return NOW;
                }
            });

    private TokenTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = Texts.of(input);
        Promise.that(!(ACCESS.check(text) instanceof Verdict.Accepted), () -> "accepted: " + text);

        List<String> lines = List.of(text.split("\n", 2));
        String content = encoded(lines.getFirst().getBytes(UTF_8)) + "."
                + encoded(lines.getLast().getBytes(UTF_8));
        byte[] signature = signature(content);
        if (ACCESS.check(content + "." + encoded(signature)) instanceof Verdict.Accepted accepted) {
            Identity identity = accepted.identity();
            Promise.that(lines.getFirst().contains("HS256"), () -> "another algorithm: " + text);
            Promise.that(identity.closed() && identity.user().isPresent(), () -> "nobody's token: " + text);
            Promise.that(identity.expires().orElseThrow().toEpochMilli() > NOW, () -> "expired: " + text);
        }
        signature[signature.length - 1] ^= 1;
        Promise.that(
                !(ACCESS.check(content + "." + encoded(signature)) instanceof Verdict.Accepted),
                () -> "accepted with another signature: " + text);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] signature(String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
            return mac.doFinal(content.getBytes(US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
