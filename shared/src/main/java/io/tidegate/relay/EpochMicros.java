package io.tidegate.relay;

import io.tidegate.time.Clock;

/**
 * Microseconds since 1970, from a clock that has a resolution of milliseconds. The value is anchored once, then counted
 * in nanoseconds. So the difference of two readings of one node is the time that really passed; readings of two nodes
 * are as accurate as their clocks.
 */
final class EpochMicros {
    /** How far the machine's clock can move away, by drift or by being set, before this clock follows it. */
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
