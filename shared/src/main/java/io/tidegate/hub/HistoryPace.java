package io.tidegate.hub;

/**
 * How many bytes of kept messages one connection may have read to it: a few dozen bytes ask for megabytes, and may ask again. A
 * client that comes back has {@link #SECONDS} seconds' worth at once; what is more is read later. For the write loop's thread alone.
 */
final class HistoryPace {
    static final int SECONDS = 16;

    private static final double SECOND = 1e9;

    private final double nanosPerByte;

    /** When all that was read would have been, evenly. */
    private long due;

    HistoryPace(int bytesPerSecond, long nanoTime) {
        this.nanosPerByte = SECOND / bytesPerSecond;
        this.due = nanoTime;
    }

    void read(int bytes, long nanoTime) {
        due = Math.max(due - nanoTime, 0) + nanoTime + (long) (bytes * nanosPerByte);
    }

    boolean mayRead(long nanoTime) {
        return due - nanoTime <= SECONDS * SECOND;
    }
}
