package io.tidegate.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/** Reads the input of targets as text, so that a human can also read a kept input. */
public final class Texts {
    private Texts() {}

    /** Invalid UTF-8 becomes U+FFFD. */
    public static String of(byte[] input) {
        return new String(input, UTF_8);
    }

    /** Only {@code \n} ends a line, because any other character can be the one that breaks a reader. */
    public static List<String> lines(byte[] input) {
        return List.of(of(input).split("\n", -1));
    }

    /** The JDK's answer. */
    public static boolean isUtf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
