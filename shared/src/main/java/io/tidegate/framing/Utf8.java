package io.tidegate.framing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks UTF-8 (RFC 3629, section 4) as it arrives, piece by piece, and finds an error at the first wrong byte. The state
 * between pieces is one {@code int}, so a connection needs no object for it.
 */
final class Utf8 {
    /** Between two characters: a text begins here and may end here. */
    static final int WHOLE = 0;

    /** After a byte that is invalid at its place. The state does not change any more. */
    static final int INVALID = -1;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    /** The state after each first byte of a multi-byte character, from 0x80 on. */
    private static final int[] AFTER_FIRST = new int[0x80];

    static {
        for (int first = 0x80; first <= 0xFF; first++) {
            AFTER_FIRST[first - 0x80] = afterFirst(first);
        }
    }

    private Utf8() {}

    /**
     * Checks the next piece of a text.
     *
     * @param state after the piece before, or {@link #WHOLE} at the start
     * @param from the index of the first byte of the piece
     * @param to the index after its last byte
     * @return {@link #WHOLE}, {@link #INVALID}, or a state in the middle of a character
     */
    static int check(int state, byte[] bytes, int from, int to) {
        int at = from;
        int now = state;
        while (at < to && now != INVALID) {
            if (now == WHOLE) {
                at = skipAscii(bytes, at, to);
                if (at < to) {
                    now = AFTER_FIRST[bytes[at++] & 0x7F];
                }
            } else {
                now = afterNext(now, bytes[at++] & 0xFF);
            }
        }
        return now;
    }

    private static int skipAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && ((long) EIGHT.get(bytes, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /**
     * After some first bytes the second byte has a narrower range. Others would be overlong, a surrogate or above
     * U+10FFFF.
     */
    private static int afterFirst(int first) {
        if (first < 0xC2 || first > 0xF4) {
            return INVALID;
        }
        return switch (first) {
            case 0xE0 -> state(2, 0xA0, 0xBF);
            case 0xED -> state(2, 0x80, 0x9F);
            case 0xF0 -> state(3, 0x90, 0xBF);
            case 0xF4 -> state(3, 0x80, 0x8F);
            default -> state(first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3, 0x80, 0xBF);
        };
    }

    private static int afterNext(int state, int next) {
        if (next < (state >>> 8 & 0xFF) || next > state >>> 16) {
            return INVALID;
        }
        int missing = (state & 0xFF) - 1;
        return missing == 0 ? WHOLE : state(missing, 0x80, 0xBF);
    }

    /** A state in the middle of a character: how many bytes are missing, and the range of the next one. */
    private static int state(int missing, int low, int high) {
        return high << 16 | low << 8 | missing;
    }
}
