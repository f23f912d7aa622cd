package io.tidegate.framing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The masking of a client's payload (RFC 6455, section 5.3), eight bytes at a time.
 *
 * <p>A key is an {@code int} whose lowest byte masks the next byte of the payload.
 */
final class Mask {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Mask() {}

    /**
     * Copies bytes and removes the mask.
     *
     * @return whether all of them are ASCII, which costs nothing to check here
     */
    static boolean remove(int key, byte[] from, int at, byte[] to, int offset, int length) {
        long twice = Integer.toUnsignedLong(key) << 32 | Integer.toUnsignedLong(key);
        long seen = 0;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            long eight = (long) EIGHT.get(from, at + i) ^ twice;
            EIGHT.set(to, offset + i, eight);
            seen |= eight;
        }
        for (; i < length; i++) {
            byte one = (byte) (from[at + i] ^ (key >>> (Byte.SIZE * (i & 3))));
            to[offset + i] = one;
            seen |= one;
        }
        return (seen & HIGH_BITS) == 0;
    }

    /** The key for the payload after this many bytes. */
    static int after(int key, int bytes) {
        return Integer.rotateRight(key, Byte.SIZE * (bytes & 3));
    }
}
