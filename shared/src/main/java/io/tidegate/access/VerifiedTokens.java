package io.tidegate.access;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens whose signature was found good, by their hash: who comes back with the same token, as all do after a drain or a crash, costs
 * no signature check. Only while the keys are those with which it was checked: a key that is taken away ends its tokens. Their
 * claims are looked at each time. Any thread.
 */
final class VerifiedTokens {
    /** Some 2 MB. */
    static final int MOST = 10_000;

    private final Map<ByteBuffer, Object> entries = new ConcurrentHashMap<>();

    /** Whether it was found good with these keys. */
    boolean has(String token, Object keys) {
        return !entries.isEmpty() && entries.get(TokenHash.of(token)) == keys;
    }

    void add(String token, Object keys) {
        if (entries.size() >= MOST) {
            // Which ones are forgotten does not matter: each only costs its check again.
            entries.clear();
        }
        entries.put(TokenHash.of(token), keys);
    }

    int size() {
        return entries.size();
    }
}
