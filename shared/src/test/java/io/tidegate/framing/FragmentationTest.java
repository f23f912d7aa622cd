package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.close;
import static io.tidegate.testing.ClientFrames.fragments;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.join;
import static io.tidegate.testing.ClientFrames.ping;
import static io.tidegate.testing.ClientFrames.pong;
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
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Fragmentation, RFC 6455 section 5.4")
class FragmentationTest {
    private static final byte[] HELLO = "Hello".getBytes(UTF_8);
    private static final byte[] EMPTY = {};

    @ParameterizedTest
    @EnumSource(
            value = Opcode.class,
            names = {"TEXT", "BINARY"})
    @DisplayName("5.4: fragments are joined, empty ones too, and the first says what they are")
    void fragmentsAreJoined(Opcode opcode) {
        for (int[] cuts : new int[][] {{3}, {0}, {5}, {0, 0, 5}, {1, 2, 3, 4}, {2, 2, 2}}) {
            assertEquals(
                    List.of(Reading.data(opcode, HELLO), "end"),
                    Reading.all(join(fragments(opcode, HELLO, cuts))),
                    Arrays.toString(cuts));
        }
    }

    @Test
    @DisplayName("5.4: a message of nothing but empty fragments is empty")
    void emptyFragmentsMakeAnEmptyMessage() {
        assertEquals(List.of(Reading.text(""), "end"), Reading.all(join(fragments(Opcode.TEXT, EMPTY, 0, 0))));
    }

    @Test
    @DisplayName("5.4: a thousand fragments are one message")
    void aThousandFragmentsAreOneMessage() {
        byte[] payload = new byte[1000];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }
        int[] cuts = new int[payload.length - 1];
        Arrays.setAll(cuts, i -> i + 1);
        assertEquals(
                List.of(Reading.data(Opcode.BINARY, payload), Reading.text("next"), "end"),
                Reading.all(join(fragments(Opcode.BINARY, payload, cuts)), text("next")));
    }

    @Test
    @DisplayName("5.4: control frames between fragments come first and disturb nothing")
    void controlFramesMayStandBetweenFragments() {
        byte[][] hello = fragments(Opcode.TEXT, HELLO, 2, 4);
        assertEquals(
                List.of(
                        Reading.ping("p".getBytes(UTF_8)),
                        Reading.pong(new byte[0]),
                        Reading.text("Hello"),
                        Reading.text("next"),
                        "end"),
                Reading.all(hello[0], ping("p"), hello[1], pong(""), hello[2], text("next")));
    }

    @Test
    @DisplayName("5.4: a close frame may stand between fragments; the message is lost")
    void closeMayStandBetweenFragments() {
        byte[][] hello = fragments(Opcode.TEXT, HELLO, 2);
        assertEquals(List.of("close 1001 bye"), Reading.all(hello[0], close(1001, "bye"), hello[1]));
    }

    @Test
    @DisplayName("5.4: a continuation without a first frame is refused at its first byte")
    void continuationOfNothingIsRefused() {
        byte[] last = frame(Opcode.CONTINUATION, HELLO).bytes();
        byte[] notLast = frame(Opcode.CONTINUATION, HELLO).unfinished().bytes();
        for (byte[] frame : List.of(last, notLast)) {
            byte[] first = Arrays.copyOf(frame, 1);
            Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, first);
            Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, join(text("whole"), first));
            Reading.assertFailsAtLastByte(
                    CloseCode.PROTOCOL_ERROR, join(join(fragments(Opcode.TEXT, HELLO, 2)), first));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Opcode.class,
            names = {"TEXT", "BINARY"})
    @DisplayName("5.4: a new message inside a fragmented one is refused at its first byte")
    void newMessageInsideAFragmentedOneIsRefused(Opcode opcode) {
        byte[] started = fragments(Opcode.TEXT, HELLO, 2)[0];
        for (byte[] frame : List.of(
                frame(opcode, HELLO).bytes(), frame(opcode, HELLO).unfinished().bytes())) {
            byte[] first = Arrays.copyOf(frame, 1);
            Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, join(started, first));
            Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, join(started, ping(""), first));
        }
    }

    @Test
    @DisplayName("5.4: an empty first fragment starts a message")
    void emptyFirstFragmentStartsAMessage() {
        byte[] started = frame(Opcode.BINARY, EMPTY).unfinished().bytes();
        byte[] first = Arrays.copyOf(text("new"), 1);
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, join(started, first));
    }
}
