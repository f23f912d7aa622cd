package io.tidegate.access;

import com.nimbusds.jwt.JWTClaimsSet;
import io.tidegate.settings.Settings.Patterns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the rights in a token. A claim of another form than expected allows nothing. */
final class Claims {
    private static final String CLAIM = "tidegate";
    private static final String SUBSCRIBE = "subscribe";
    private static final String PUBLISH = "publish";
    private static final String PRESENCE = "presence";

    private Claims() {}

    /** Reads the claim {@code "tidegate": {"subscribe": […], "publish": […], "presence": […]}}. */
    static Patterns patterns(JWTClaimsSet claims) {
        Map<?, ?> rights = claims.getClaim(CLAIM) instanceof Map<?, ?> map ? map : Map.of();
        return new Patterns(texts(rights.get(SUBSCRIBE)), texts(rights.get(PUBLISH)), texts(rights.get(PRESENCE)));
    }

    private static List<String> texts(@Nullable Object list) {
        return list instanceof List<?> items
                ? items.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    /** Reads {@code scope} (RFC 8693, section 4.2), with words such as {@code tidegate:subscribe:news.*}. */
    static Patterns scopes(JWTClaimsSet claims) {
        Map<String, List<String>> patterns = new HashMap<>();
        String scope = claims.getClaim("scope") instanceof String text ? text : "";
        for (String word : scope.split(" ", -1)) {
            String[] parts = word.split(":", 3);
            if (parts.length == 3 && parts[0].equals(CLAIM)) {
                patterns.computeIfAbsent(parts[1], key -> new ArrayList<>()).add(parts[2]);
            }
        }
        return new Patterns(
                patterns.getOrDefault(SUBSCRIBE, List.of()),
                patterns.getOrDefault(PUBLISH, List.of()),
                patterns.getOrDefault(PRESENCE, List.of()));
    }
}
