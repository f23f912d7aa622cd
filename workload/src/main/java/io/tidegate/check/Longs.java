package io.tidegate.check;

import java.util.Arrays;
import java.util.stream.LongStream;

/** A list of long that grows at its end and is shortened at its beginning. */
final class Longs {
    private static final int LEAST = 16;

    private long[] values = new long[LEAST];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    long get(int index) {
        return values[index];
    }

    /** How many of the first values are the same as in the other list. Both lists may be shorter than {@code atMost}. */
    int alike(Longs other, int atMost) {
        int common = Math.min(atMost, Math.min(size, other.size));
        int mismatch = Arrays.mismatch(values, 0, common, other.values, 0, common);
        return mismatch >= 0 ? mismatch : atMost;
    }

    void removeFirst(int count) {
        int rest = size - count;
        int capacity = Math.max(LEAST, Integer.highestOneBit(rest) * 2);
        long[] kept = capacity < values.length ? new long[capacity] : values;
        System.arraycopy(values, count, kept, 0, rest);
        values = kept;
        size = rest;
    }

    LongStream stream() {
        return Arrays.stream(values, 0, size);
    }
}
