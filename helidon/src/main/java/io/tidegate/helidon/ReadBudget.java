package io.tidegate.helidon;

import java.util.concurrent.locks.LockSupport;

/**
 * What a connection may read before its virtual thread lets others have its carrier. A virtual thread gives its carrier
 * back where it blocks, and nowhere else: one whose socket always has bytes would keep it for as long as its peer likes.
 * Used by one thread, the reading one.
 *
 * <p>{@link Thread#yield} does not do it: with as many yielding threads as carriers, nothing else ran on JDK 25 within
 * seconds. A timed park does: what is woken by a timer queues behind everybody who waits.
 */
final class ReadBudget {
    /** Frames in one turn: at a few microseconds for one that is published, about a millisecond. */
    static final int FRAMES = 256;

    /** Bytes in one turn, which also bounds frames that make no message, such as empty continuations. */
    static final int BYTES = 64 << 10;

    /**
     * After {@link #BYTES} of compressed messages, counted as they come out: 3 MiB of them a second. What comes out may be a thousand
     * times what is read from the socket, so to let others run in between is not enough.
     */
    private static final long REST_NANOS = 20_000_000;

    private final Runnable pause;
    private final Runnable rest;
    private int frames = FRAMES;
    private int bytes = BYTES;
    private int inflated;

    /** A budget whose end lets other virtual threads run. */
    ReadBudget() {
        this(() -> LockSupport.parkNanos(1), () -> LockSupport.parkNanos(REST_NANOS));
    }

    /**
     * The same with another end.
     *
     * @param pause called on the reading thread whenever a budget is used up
     * @param rest the same, where it is used up by what was inflated
     */
    ReadBudget(Runnable pause, Runnable rest) {
        this.pause = pause;
        this.rest = rest;
    }

    /** A frame was read. */
    void frame() {
        if (--frames == 0) {
            renew();
        }
    }

    /** So many bytes were read from the socket. */
    void bytes(int count) {
        bytes -= count;
        if (bytes <= 0) {
            renew();
        }
    }

    /** A message is inflated next: the rest for those before it comes now, so that it makes none of them late. */
    void beforeInflating() {
        if (inflated >= BYTES) {
            inflated = 0;
            rest.run();
        }
    }

    /** So many bytes came out of a message. */
    void inflated(int count) {
        inflated += count;
    }

    private void renew() {
        frames = FRAMES;
        bytes = BYTES;
        pause.run();
    }
}
