package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The slots of Redis Cluster, which decide which names lie together (Redis Cluster Specification, "Key distribution
 * model").
 */
final class Slots {
    static final int COUNT = 1 << 14;

    private static final int POLYNOMIAL = 0x1021;

    /**
     * For each slot, a number whose digits in base 36 hash to the slot. For every slot one of the first 200,000 numbers
     * does.
     */
    private static final int[] TAGS = tags();

    private Slots() {}

    /** A tag of up to four letters and digits. A key with this tag between braces lies in this slot. */
    static String tag(int slot) {
        return Integer.toString(TAGS[slot], Character.MAX_RADIX);
    }

    /** The slot of a key that has this name between braces. */
    static int of(String name) {
        int crc = 0;
        for (byte one : name.getBytes(US_ASCII)) {
            crc ^= (one & 0xFF) << 8;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
            }
        }
        return crc & (COUNT - 1);
    }

    private static int[] tags() {
        int[] tags = new int[COUNT];
        int found = 0;
        for (int number = 1; found < COUNT; number++) {
            int slot = of(Integer.toString(number, Character.MAX_RADIX));
            if (tags[slot] == 0) {
                tags[slot] = number;
                found++;
            }
        }
        return tags;
    }
}
