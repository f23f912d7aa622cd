package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.settings.Secret;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/** The keys of back ends. The time of a refusal reveals nothing about the keys. */
final class ApiKeys {
    private static final String SCHEME = "Bearer ";

    private final List<byte[]> digests;

    ApiKeys(List<Secret> keys) {
        digests = keys.stream().map(key -> digest(key.value())).toList();
    }

    /** Whether this value of {@code Authorization} has one of the keys. */
    boolean allows(Optional<String> authorization) {
        String given = authorization.orElse("");
        if (!given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] digest = digest(given.substring(SCHEME.length()).strip());
        boolean allowed = false;
        for (byte[] known : digests) {
            // All digests are compared, even after a match. They have the same length.
            allowed |= MessageDigest.isEqual(known, digest);
        }
        return allowed;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
