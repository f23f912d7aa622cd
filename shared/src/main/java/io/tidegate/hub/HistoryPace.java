package io.tidegate.hub;

/**
 * Limits the bytes of history that one connection may read, because a request of a few dozen bytes asks for megabytes and
 * may be repeated. A client that comes back may read {@link #SECONDS} seconds' worth at once. The rest is read later. For
 * the write loop's thread alone.
 */
final class HistoryPace {
    static final int SECONDS = 16;

    private static final double SECOND = 1e9;

    private final double nanosPerByte;

    /** The time at which all that was read would be within the rate. */
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
