package io.tidegate.framing;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import java.util.Arrays;

/** A text in two pieces. The first byte says where it is cut. For each cut, the result is that of the JDK's UTF-8 decoder. */
public final class Utf8Target {
    private Utf8Target() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] text = Arrays.copyOfRange(input, 1, input.length);
        int cut = Math.min(input[0] & 0xFF, text.length);
        int atOnce = Utf8.check(Utf8.WHOLE, text, 0, text.length);
        int inTwo = Utf8.check(Utf8.check(Utf8.WHOLE, text, 0, cut), text, cut, text.length);

        Promise.same(atOnce, inTwo);
        Promise.same(Texts.isUtf8(text), atOnce == Utf8.WHOLE);
        if (atOnce == Utf8.INVALID) {
            return;
        }
        // Bytes that can still become a text are not refused before their end.
        Promise.that(text.length == 0 || startsAText(text), () -> "a text that no byte can go on with is still open");
    }

    private static boolean startsAText(byte[] text) {
        for (int missing = 0; missing <= 3; missing++) {
            // 0x80 is valid as a third or fourth byte, but as a second byte only after some first bytes.
            for (byte second : new byte[] {(byte) 0x80, (byte) 0xA0, (byte) 0x90}) {
                byte[] whole = Arrays.copyOf(text, text.length + missing);
                Arrays.fill(whole, text.length, whole.length, (byte) 0x80);
                if (missing > 0) {
                    whole[text.length] = second;
                }
                if (Texts.isUtf8(whole)) {
                    return true;
                }
            }
        }
        return false;
    }
}
