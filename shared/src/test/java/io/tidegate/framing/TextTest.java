package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.fragments;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.hex;
import static io.tidegate.testing.ClientFrames.join;
import static io.tidegate.testing.ClientFrames.ping;
import static io.tidegate.testing.ClientFrames.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Text is UTF-8, RFC 6455 sections 5.6 and 8.1")
class TextTest {
    private static final String MANY_SCRIPTS = "κόσμε, Straße, 日本語, 👋🏽, \u0000, \uFFFF, \uDBFF\uDFFF";

    /** Text that begins well and breaks at its last byte. */
    private static final String[] BROKEN = {
        "80", // a continuation without a first frame
        "c0", // overlong
        "c1",
        "c3 28", // a continuation is missing
        "e0 9f", // overlong
        "e4 b8 41",
        "ed a0", // a surrogate
        "f0 8f", // overlong
        "f0 9f 91 20",
        "f4 90", // above U+10FFFF
        "f5",
        "ff",
        "ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90",
        "41 41 41 41 41 41 41 41 41 41 80",
    };

    @Test
    @DisplayName("5.6: characters of every length are read, wherever fragments cut them")
    void charactersMayBeCutAnywhere() {
        byte[] payload = MANY_SCRIPTS.getBytes(UTF_8);
        for (int cut = 0; cut <= payload.length; cut++) {
            byte[][] parts = fragments(Opcode.TEXT, payload, cut);
            assertEquals(
                    List.of(Reading.ping(new byte[0]), Reading.text(MANY_SCRIPTS), "end"),
                    Reading.all(parts[0], ping(""), parts[1]));
        }
    }

    @Test
    @DisplayName("8.1: bad text fails as soon as the bad byte has arrived, inside a frame that is not complete")
    void badTextFailsAtTheBadByte() {
        for (String broken : BROKEN) {
            byte[] payload = hex(broken + "41 41 41");
            byte[] bytes = frame(Opcode.TEXT, payload).bytes();
            Reading.assertFailsAtLastByte(CloseCode.INVALID_UTF8, Arrays.copyOf(bytes, bytes.length - 3));
        }
    }

    @Test
    @DisplayName("8.1: bad text fails as soon as the bad byte has arrived, wherever fragments cut it")
    void badTextFailsAtTheBadByteOfAFragment() {
        for (String broken : BROKEN) {
            byte[] payload = hex(broken + "41 41 41");
            for (int cut = 0; cut < payload.length - 3; cut++) {
                byte[] bytes = join(fragments(Opcode.TEXT, payload, cut));
                Reading.assertFailsAtLastByte(CloseCode.INVALID_UTF8, Arrays.copyOf(bytes, bytes.length - 3));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"c3", "e2 82", "f0 9f 91", "41 c3", "e2 82 ac e2"})
    @DisplayName("8.1: text that ends inside a character fails at the last byte of its last frame")
    void textMustNotEndInsideACharacter(String truncated) {
        byte[] payload = hex(truncated);
        Reading.assertFailsAtLastByte(
                CloseCode.INVALID_UTF8, frame(Opcode.TEXT, payload).bytes());
        Reading.assertFailsAtLastByte(CloseCode.INVALID_UTF8, join(fragments(Opcode.TEXT, payload, payload.length)));
    }

    @Test
    @DisplayName("5.6: binary messages may hold anything")
    void binaryMayHoldAnything() {
        for (String broken : BROKEN) {
            byte[] payload = hex(broken);
            assertEquals(
                    List.of(Reading.data(Opcode.BINARY, payload), Reading.text("κόσμε"), "end"),
                    Reading.all(join(fragments(Opcode.BINARY, payload, 1)), text("κόσμε")));
        }
    }
}
