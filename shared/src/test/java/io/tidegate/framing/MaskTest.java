package io.tidegate.framing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Masking, RFC 6455 section 5.3")
class MaskTest {
    private static final int KEY = 0x44332211;

    @Test
    void everyLengthAndPlaceIsUnmaskedAndNothingBeside() {
        byte[] from = new byte[64];
        new Random(1).nextBytes(from);
        for (int at = 0; at < 9; at++) {
            for (int offset = 0; offset < 9; offset++) {
                for (int length = 0; length < 50; length++) {
                    byte[] expected = new byte[64];
                    for (int i = 0; i < length; i++) {
                        expected[offset + i] = (byte) (from[at + i] ^ (0x11 * (1 + i % 4)));
                    }
                    byte[] to = new byte[64];
                    Mask.remove(KEY, from, at, to, offset, length);
                    assertArrayEquals(expected, to);
                }
            }
        }
    }

    @Test
    void asciiIsKnownByEveryByte() {
        for (int length = 0; length < 30; length++) {
            byte[] masked = new byte[length];
            Mask.remove(KEY, new byte[length], 0, masked, 0, length);
            assertEquals(true, Mask.remove(KEY, masked, 0, new byte[length], 0, length));
            for (int bad = 0; bad < length; bad++) {
                byte[] changed = masked.clone();
                changed[bad] ^= (byte) 0x80;
                assertEquals(false, Mask.remove(KEY, changed, 0, new byte[length], 0, length));
            }
        }
    }
}
