package io.tidegate.access;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hashes of tokens whose signature was verified. A client that comes back with the same token, as all do after a drain or
 * a crash, costs no signature check. An entry is valid only while the keys are those that verified it: a key that is
 * removed ends its tokens. The claims are checked each time. Any thread.
 */
final class VerifiedTokens {
    /** The largest number of entries, some 2 MB. */
    static final int MOST = 10_000;

    private final Map<ByteBuffer, Object> entries = new ConcurrentHashMap<>();

    /** Whether the token was verified with these keys. */
    boolean has(String token, Object keys) {
        return !entries.isEmpty() && entries.get(TokenHash.of(token)) == keys;
    }

    void add(String token, Object keys) {
        if (entries.size() >= MOST) {
            // It does not matter which entries are forgotten: each only costs another check.
            entries.clear();
        }
        entries.put(TokenHash.of(token), keys);
    }

    int size() {
        return entries.size();
    }
}
