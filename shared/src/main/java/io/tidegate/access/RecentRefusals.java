package io.tidegate.access;

import io.tidegate.time.Clock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hashes of tokens with a wrong signature, kept for a minute: the next try with such a token costs no signature check.
 * Any thread.
 */
final class RecentRefusals {
    private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

    /** The largest number of entries, some 2 MB. */
    private static final int MOST = 10_000;

    private record Entry(Verdict.Refused refused, long untilNanos) {}

    private final Clock clock;
    private final Map<ByteBuffer, Entry> entries = new ConcurrentHashMap<>();

    RecentRefusals(Clock clock) {
        this.clock = clock;
    }

    Optional<Verdict.Refused> get(String token) {
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        Entry entry = entries.get(TokenHash.of(token));
        return entry == null || clock.nanoTime() - entry.untilNanos > 0 ? Optional.empty() : Optional.of(entry.refused);
    }

    void add(String token, Verdict.Refused refused) {
        if (entries.size() >= MOST) {
            // It does not matter which entries are forgotten: each only costs another check.
            entries.clear();
        }
        entries.put(TokenHash.of(token), new Entry(refused, clock.nanoTime() + KEPT_NANOS));
    }

    int size() {
        return entries.size();
    }
}
