package io.tidegate.helidon;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Limits what a connection may read before its virtual thread releases its carrier thread. A virtual thread releases its
 * carrier only when it blocks. A thread whose socket always has bytes would keep its carrier for as long as its peer
 * likes. Used by one thread, the reading one.
 *
 * <p>{@link Thread#yield} is not enough: with as many yielding threads as carriers, nothing else ran on JDK 25 within
 * seconds. A timed park is enough: a thread that a timer wakes queues behind all threads that wait.
 */
final class ReadBudget {
    /** Frames in one turn. A published frame takes a few microseconds, so a turn takes about a millisecond. */
    static final int FRAMES = 256;

    /** Bytes in one turn. This also limits frames that make no message, such as empty continuations. */
    static final int BYTES = 64 << 10;

    /**
     * The least rest for each inflated byte: a connection inflates 3 MiB a second. Inflated bytes may be a thousand times the bytes that
     * are read from the socket, so a short park between them is not enough.
     */
    static final long REST_NANOS_PER_BYTE = 305;

    private final Runnable pause;
    private final LongConsumer rest;
    private final InflationPace pace;
    private int frames = FRAMES;
    private int bytes = BYTES;
    private int inflated;

    /** A budget that releases the carrier thread when it is used up. */
    ReadBudget() {
        this(() -> LockSupport.parkNanos(1), LockSupport::parkNanos, InflationPace.ofTheProcess());
    }

    /**
     * The same with other actions when the budget is used up.
     *
     * @param pause called on the reading thread whenever a budget is used up
     * @param rest the same, where inflated bytes have used it up; takes the nanoseconds of the pause
     * @param pace what all connections inflate together
     */
    ReadBudget(Runnable pause, LongConsumer rest, InflationPace pace) {
        this.pause = pause;
        this.rest = rest;
        this.pace = pace;
    }

    /** A frame was read. */
    void frame() {
        if (--frames == 0) {
            renew();
        }
    }

    /** These bytes were read from the socket. */
    void bytes(int count) {
        bytes -= count;
        if (bytes <= 0) {
            renew();
        }
    }

    /**
     * A message is inflated next. The rest for earlier messages comes here, before this one, so that it delays none of
     * those.
     */
    void beforeInflating() {
        if (inflated >= BYTES) {
            rest.accept(Math.max(inflated * REST_NANOS_PER_BYTE, pace.take(inflated)));
            inflated = 0;
        }
    }

    /** A message was inflated to this many bytes. */
    void inflated(int count) {
        inflated += count;
    }

    private void renew() {
        frames = FRAMES;
        bytes = BYTES;
        pause.run();
    }
}
