package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.hex;
import static io.tidegate.testing.ClientFrames.join;
import static io.tidegate.testing.ClientFrames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Frame headers, RFC 6455 sections 5.1 to 5.3")
class FrameHeaderTest {

    @Test
    @DisplayName("5.7: the RFC's examples are read")
    void examplesOfTheRfcAreRead() {
        byte[] hello = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
        byte[] pong = hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58");
        assertEquals(
                List.of(Reading.text("Hello"), Reading.pong(new byte[] {'H', 'e', 'l', 'l', 'o'}), "end"),
                Reading.all(hello, pong));
    }

    @ParameterizedTest
    @EnumSource(Opcode.class)
    @DisplayName("5.1: a frame without a mask is refused, whatever it is, at its second byte")
    void unmaskedFrameIsRefused(Opcode opcode) {
        byte[] header = frame(opcode, new byte[0]).unmasked().header();
        byte[] started = opcode == Opcode.CONTINUATION
                ? frame(Opcode.TEXT, new byte[0]).unfinished().bytes()
                : new byte[0];
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, join(started, header));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    @DisplayName("5.2: reserved bits are refused at the first byte, in data and control frames")
    void reservedBitsAreRefused(int bits) {
        for (Opcode opcode : List.of(Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE, Opcode.PING, Opcode.PONG)) {
            byte[] header = frame(opcode, new byte[0]).reserved(bits).header();
            Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF})
    @DisplayName("5.2: reserved opcodes are refused at the first byte")
    void reservedOpcodesAreRefused(int opcode) {
        byte[] header = frame(opcode, new byte[0]).header();
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537})
    @DisplayName("5.2: every form of the length is read, up to its edges")
    void everyFormOfTheLengthIsRead(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        assertEquals(
                List.of(Reading.data(Opcode.BINARY, payload), "end"),
                Reading.all(frame(Opcode.BINARY, payload).bytes()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125})
    @DisplayName("5.2: a length that fits 7 bits is refused in 16 bits")
    void lengthOf16BitsMustNeedThem(int length) {
        byte[] header = frame(Opcode.BINARY, new byte[length]).length16().header();
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535})
    @DisplayName("5.2: a length that fits 16 bits is refused in 64 bits")
    void lengthOf64BitsMustNeedThem(int length) {
        byte[] header = frame(Opcode.BINARY, new byte[length]).length64().header();
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 10));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 5, -1, -65_536})
    @DisplayName("5.2: the highest bit of a 64-bit length must be 0")
    void highestBitOfTheLengthIsRefused(long length) {
        byte[] header = frame(Opcode.BINARY, new byte[0]).announcing(length).header();
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 10));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 0x00000001, 0x80000000, 0x01020304, 0xFF00FF00})
    @DisplayName("5.3: any key masks, however the payload is cut")
    void anyKeyMasksHoweverThePayloadIsCut(int key) {
        byte[] payload = new byte[203];
        new Random(7).nextBytes(payload);
        byte[] bytes = frame(Opcode.BINARY, payload).key(key).bytes();
        for (int size = 1; size <= bytes.length; size++) {
            assertEquals(
                    List.of(Reading.data(Opcode.BINARY, payload), "end"),
                    Reading.all(Chunks.inPieces(bytes, size)),
                    "pieces of " + size);
        }
    }

    @Test
    @DisplayName("5.3: each frame has its own key")
    void eachFrameHasItsOwnKey() {
        byte[] one = frame(Opcode.BINARY, new byte[] {1, 2, 3}).key(0x11223344).bytes();
        assertEquals(
                List.of(Reading.data(Opcode.BINARY, new byte[] {1, 2, 3}), Reading.text("two"), "end"),
                Reading.all(one, text("two")));
    }
}
