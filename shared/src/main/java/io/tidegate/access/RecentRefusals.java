package io.tidegate.access;

import io.tidegate.time.Clock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Tokens with a wrong signature, by their hash, for a minute: the next try costs no signature check. Any thread. */
final class RecentRefusals {
    private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

    /** Some 2 MB. */
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
            // Which ones are forgotten does not matter: each only costs its check again.
            entries.clear();
        }
        entries.put(TokenHash.of(token), new Entry(refused, clock.nanoTime() + KEPT_NANOS));
    }

    int size() {
        return entries.size();
    }
}
