package io.tidegate.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/** How targets read their input, so that an input that is kept can be read by a human, too. */
public final class Texts {
    private Texts() {}

    /** What is no UTF-8 becomes U+FFFD. */
    public static String of(byte[] input) {
        return new String(input, UTF_8);
    }

    /** Only {@code \n} ends a line, since any other character may be what a reader stumbles over. */
    public static List<String> lines(byte[] input) {
        return List.of(of(input).split("\n", -1));
    }

    /** As the JDK says. */
    public static boolean isUtf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
