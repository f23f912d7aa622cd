package io.tidegate.rehearsal.check;

import java.util.Arrays;
import java.util.stream.LongStream;

/** A list of long that grows: millions of deliveries are kept. */
final class Longs {
    private long[] values = new long[16];
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

    LongStream stream() {
        return Arrays.stream(values, 0, size);
    }
}
