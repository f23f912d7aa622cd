package io.tidegate.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The formats of the values of {@code tidegate.auth}. */
final class AuthFormats {
    private static final int LEAST_SECRET = 32;

    /** The algorithms that are accepted where nothing is configured. */
    static final List<String> KEY_SET_ALGORITHMS = List.of("RS256", "ES256", "EdDSA");

    static final String SECRET_ALGORITHM = "HS256";

    static final String ALGORITHM = "RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA|HS256|HS384|HS512";

    /** A secret has no control characters. A file with a line break at its end would add one unseen. */
    static final Format<String> SECRET = new Format<>(
            "at least " + LEAST_SECRET + " bytes without line breaks or other control characters",
            Optional::of,
            text -> text.getBytes(UTF_8).length >= LEAST_SECRET && text.matches("[^\\p{Cntrl}]{1,1024}"));

    static final Format<String> KEY_SET = new Format<>(
            "a readable file, an https:// URL, or an http:// URL of this machine or of the cluster",
            Optional::of,
            AuthFormats::isKeySet);

    static final Format<List<String>> PATTERNS =
            list("/|(?:[A-Za-z0-9._:-]|\\{user\\}){0,128}\\*?", "topics or beginnings of topics followed by *");

    /**
     * API keys, in characters that a header carries unchanged. Several are allowed, so that a key can be exchanged for
     * another.
     */
    static final Format<List<Secret>> API_KEYS = secrets();

    private AuthFormats() {}

    /** Items separated by commas; empty means none. */
    static Format<List<String>> list(String item, String what) {
        Pattern pattern = Pattern.compile(item);
        return new Format<>(
                "empty or a comma-separated list of " + what,
                text -> {
                    List<String> items = text.isEmpty()
                            ? List.of()
                            : Arrays.stream(text.split(",", -1))
                                    .map(String::strip)
                                    .toList();
                    return items.stream()
                                    .allMatch(one -> !one.isEmpty()
                                            && pattern.matcher(one).matches())
                            ? Optional.of(items)
                            : Optional.empty();
                },
                items -> true);
    }

    private static Format<List<Secret>> secrets() {
        Format<List<String>> texts = list(
                "[\\x21-\\x2B\\x2D-\\x7E]{" + LEAST_SECRET + ",1024}",
                "secrets of at least " + LEAST_SECRET + " visible ASCII characters");
        return new Format<>(
                texts.allowed(),
                text -> texts.read(text)
                        .map(items -> items.stream().map(Secret::new).toList()),
                secrets -> true,
                written -> Secret.MASK);
    }

    /**
     * Whether a key for HMAC is at least as long as the hash. Where no algorithm is named, the default is the one with
     * the shortest hash.
     */
    static boolean isLongEnough(String secret, List<String> algorithms) {
        int bytes = secret.getBytes(UTF_8).length;
        return secret.isEmpty()
                || ((bytes >= 64 || !algorithms.contains("HS512")) && (bytes >= 48 || !algorithms.contains("HS384")));
    }

    private static boolean isKeySet(String text) {
        if (!text.contains("://")) {
            return Format.readableFile().read(text).isPresent();
        }
        try {
            URI url = URI.create(text);
            String host = url.getHost();
            return host != null && (text.startsWith("https://") || (text.startsWith("http://") && isNear(host)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Whether plain HTTP is allowed for this host. With plain HTTP an attacker in the network can replace the keys, so
     * it is only for networks that nobody else can enter.
     */
    private static boolean isNear(String host) {
        return host.matches(
                "localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|[A-Za-z0-9-]+|[A-Za-z0-9.-]+\\.(svc|svc\\.cluster\\.local)");
    }
}
