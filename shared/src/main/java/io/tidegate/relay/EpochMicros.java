package io.tidegate.relay;

import io.tidegate.time.Clock;

/**
 * Microseconds since 1970, from a clock that tells them in milliseconds: anchored once, then counted in nanoseconds. So
 * two readings of one node differ by what really passed, while those of two nodes are as good as their clocks.
 */
final class EpochMicros {
    /** How far the machine's clock may move away, by drift or by being set, before it is followed. */
    private static final long TOLERANCE_MICROS = 2_000;

    private record Anchor(long nanos, long micros) {}

    private final Clock clock;
    private volatile Anchor anchor;

    EpochMicros(Clock clock) {
        this.clock = clock;
        this.anchor = read();
    }

    long now() {
        Anchor from = anchor;
        long micros = from.micros + (clock.nanoTime() - from.nanos) / 1_000;
        if (Math.abs(micros - clock.epochMillis() * 1_000) <= TOLERANCE_MICROS) {
            return micros;
        }
        Anchor anew = read();
        anchor = anew;
        return anew.micros;
    }

    private Anchor read() {
        return new Anchor(clock.nanoTime(), clock.epochMillis() * 1_000);
    }
}
