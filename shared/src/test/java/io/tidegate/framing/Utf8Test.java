package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("UTF-8 piece by piece, RFC 3629 section 4 (RFC 6455 section 8.1)")
class Utf8Test {
    private static final int[] EDGES = {
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    /** As it comes from the charset, it reports what is malformed. */
    private final CharsetDecoder decoder = UTF_8.newDecoder();

    private final CharBuffer characters = CharBuffer.allocate(100);

    @Test
    void everyCharacterIsValid() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(c).getBytes(UTF_8);
                assertEquals(Utf8.WHOLE, Utf8.check(Utf8.WHOLE, bytes, 0, bytes.length), Integer.toHexString(c));
            }
        }
    }

    @Test
    void agreesWithTheDecoderOnEveryStringOfUpToThreeBytes() {
        for (int length = 1; length <= 3; length++) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < 1 << (8 * length); i++) {
                for (int k = 0; k < length; k++) {
                    bytes[k] = (byte) (i >>> (8 * k));
                }
                // ASCII at the end tells nothing that a shorter string did not.
                if (bytes[length - 1] < 0) {
                    assertAgrees(bytes);
                }
            }
        }
    }

    @Test
    void agreesWithTheDecoderOnFourBytesAtTheEdgesOfTheirRanges() {
        for (int first : EDGES) {
            for (int second : EDGES) {
                for (int third : EDGES) {
                    for (int fourth : EDGES) {
                        assertAgrees(new byte[] {(byte) first, (byte) second, (byte) third, (byte) fourth});
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithTheDecoderOnRandomStrings(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 40_000; i++) {
            assertAgrees(almostText(random));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void piecesMakeNoDifference(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = almostText(random);
            int cut = random.nextInt(bytes.length + 1);
            int first = Utf8.check(Utf8.WHOLE, bytes, 0, cut);
            assertEquals(
                    Utf8.check(Utf8.WHOLE, bytes, 0, bytes.length),
                    Utf8.check(first, bytes, cut, bytes.length),
                    () -> HexFormat.of().formatHex(bytes) + " cut at " + cut);
        }
    }

    @Test
    void invalidStaysInvalid() {
        int state = Utf8.check(Utf8.WHOLE, new byte[] {(byte) 0xFF}, 0, 1);
        assertEquals(Utf8.INVALID, Utf8.check(state, new byte[] {'a', 'b'}, 0, 2));
    }

    @Test
    void onlyThePieceIsLookedAt() {
        byte[] bytes = new byte[40];
        Arrays.fill(bytes, (byte) 0xFF);
        for (int from = 0; from < 20; from++) {
            for (int to = from; to < 40; to++) {
                byte[] copy = bytes.clone();
                Arrays.fill(copy, from, to, (byte) 'a');
                assertEquals(Utf8.WHOLE, Utf8.check(Utf8.WHOLE, copy, from, to));
                if (to < 40) {
                    assertNotEquals(Utf8.WHOLE, Utf8.check(Utf8.WHOLE, copy, from, to + 1));
                }
            }
        }
    }

    /** Text of all lengths of characters, every second time with one byte changed or the end cut off. */
    private static byte[] almostText(Random random) {
        int[] limits = {0x80, 0x80, 0x800, 0x10000, Character.MAX_CODE_POINT + 1};
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(limits[random.nextInt(limits.length)]);
            text.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 'x' : c);
        }
        byte[] bytes = text.toString().getBytes(UTF_8);
        if (bytes.length > 0 && random.nextBoolean()) {
            if (random.nextInt(4) == 0) {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private void assertAgrees(byte[] bytes) {
        boolean whole = Utf8.check(Utf8.WHOLE, bytes, 0, bytes.length) == Utf8.WHOLE;
        assertEquals(decodes(bytes), whole, () -> HexFormat.of().formatHex(bytes));
    }

    private boolean decodes(byte[] bytes) {
        CoderResult result = decoder.reset().decode(ByteBuffer.wrap(bytes), characters.clear(), true);
        return !result.isError();
    }
}
