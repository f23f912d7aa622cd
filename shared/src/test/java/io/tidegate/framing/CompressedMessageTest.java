package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.fragments;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.hex;
import static io.tidegate.testing.ClientFrames.join;
import static io.tidegate.testing.ClientFrames.ping;
import static io.tidegate.testing.ClientFrames.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Opcode;
import io.tidegate.testing.Deflate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Reading compressed messages, RFC 7692 sections 6 and 7.2")
class CompressedMessageTest {
    private static final int RSV1 = 4;
    private static final int LIMIT = 1 << 16;

    private final Inflation inflation = new Inflation();

    private List<String> read(byte[]... frames) {
        List<String> atOnce = read(Chunks.of(join(frames)));
        assertEquals(atOnce, read(Chunks.inPieces(join(frames), 1)), "byte by byte and at once");
        return atOnce;
    }

    private List<String> read(ByteSource source) {
        FrameReader reader = new FrameReader(source, LIMIT, inflation);
        List<String> all = new ArrayList<>();
        Inbound inbound;
        do {
            inbound = reader.next();
            all.add(
                    inbound instanceof Inbound.Violation violation
                            ? violation.code().code() + " " + violation.reason()
                            : Reading.show(inbound));
        } while (!(inbound instanceof Inbound.End || inbound instanceof Inbound.Violation));
        return all;
    }

    private static byte[] compressed(Opcode opcode, byte[] payload) {
        return frame(opcode, payload).reserved(RSV1).bytes();
    }

    /** Fragments of which the first says that the message is compressed. */
    private static byte[][] compressedFragments(byte[] payload, int... cuts) {
        byte[][] frames = fragments(Opcode.TEXT, payload, cuts);
        frames[0] = frame(Opcode.TEXT, Arrays.copyOf(payload, cuts[0]))
                .reserved(RSV1)
                .unfinished()
                .bytes();
        return frames;
    }

    @ParameterizedTest
    @CsvSource({
        "7.2.3.1 one block, f2 48 cd c9 c9 07 00",
        "7.2.3.3 a block without compression, 00 05 00 fa ff 48 65 6c 6c 6f 00",
        "7.2.3.4 a block that is the last, f3 48 cd c9 c9 07 00 00",
        "7.2.3.5 two blocks, f2 48 05 00 00 00 ff ff ca c9 c9 07 00"
    })
    @DisplayName("7.2.3: the RFC's own examples are read")
    void examplesOfTheRfcAreRead(String example, String payload) {
        assertEquals(List.of(Reading.text("Hello"), "end"), read(compressed(Opcode.TEXT, hex(payload))), example);
    }

    @Test
    @DisplayName("7.2.3.6: an empty message is one byte")
    void anEmptyMessageIsOneByte() {
        assertEquals(
                List.of(Reading.text(""), Reading.text(""), "end"),
                read(compressed(Opcode.TEXT, new byte[1]), compressed(Opcode.TEXT, new byte[0])));
    }

    @Test
    @DisplayName("6.1: a message in fragments has the bit on its first alone, and control frames may stand between")
    void fragmentsAreJoinedBeforeTheyAreInflated() {
        byte[][] hello = compressedFragments(hex("f2 48 cd c9 c9 07 00"), 3, 3, 5);
        assertEquals(
                List.of(Reading.ping("p".getBytes(UTF_8)), Reading.text("Hello"), Reading.text("plain"), "end"),
                read(join(hello[0], ping("p"), hello[1], hello[2], hello[3], text("plain"))));
    }

    @Test
    @DisplayName("7.2.2: a message is inflated without the ones before it, also behind one that is not compressed")
    void everyMessageBeginsAnew() {
        byte[] payload = "Grüße, 😀! ".repeat(300).getBytes(UTF_8);
        byte[] message = compressed(Opcode.TEXT, Deflate.deflate(payload));
        String expected = Reading.data(Opcode.TEXT, payload);
        assertEquals(
                List.of(expected, Reading.text("between"), expected, "end"), read(message, text("between"), message));
    }

    @Test
    void whatCannotBeCompressedIsReadAllTheSame() {
        byte[] payload = new byte[LIMIT];
        new Random(1).nextBytes(payload);
        assertEquals(
                List.of(Reading.data(Opcode.BINARY, payload), "end"),
                read(compressed(Opcode.BINARY, Deflate.deflate(payload))));
    }

    @Test
    void binaryMayHoldAnything() {
        byte[] payload = {(byte) 0xFF, (byte) 0xFE, 0};
        assertEquals(
                List.of(Reading.data(Opcode.BINARY, payload), "end"),
                read(compressed(Opcode.BINARY, Deflate.deflate(payload))));
    }

    @Test
    @DisplayName("6: the bit on a control frame or a continuation fails the connection")
    void theBitStandsOnlyOnTheFirstFrameOfAMessage() {
        byte[] payload = hex("f2 48 cd c9 c9 07 00");
        String expected = "1002 compression bit in a frame that is not the first of its message";
        assertEquals(List.of(expected), read(compressed(Opcode.PING, payload)));
        assertEquals(List.of(expected), read(compressed(Opcode.CLOSE, new byte[0])));
        byte[] first = frame(Opcode.TEXT, payload).reserved(RSV1).unfinished().bytes();
        assertEquals(List.of(expected), read(first, compressed(Opcode.CONTINUATION, payload)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 7})
    @DisplayName("RFC 6455, 5.2: the other reserved bits stay reserved")
    void theOtherBitsStayReserved(int bits) {
        byte[] frame =
                frame(Opcode.TEXT, hex("f2 48 cd c9 c9 07 00")).reserved(bits).bytes();
        assertEquals(List.of("1002 reserved bit set"), read(frame));
    }

    @Test
    void withoutAgreementTheBitIsReserved() {
        byte[] frame = compressed(Opcode.TEXT, hex("f2 48 cd c9 c9 07 00"));
        assertEquals(List.of("violation PROTOCOL_ERROR"), Reading.all(frame));
    }

    @Test
    @DisplayName("8: what is no DEFLATE stream fails the connection, and so does a text that is not UTF-8")
    void whatCannotBeInflatedFailsTheConnection() {
        assertEquals(
                List.of("1007 the message is not compressed as RFC 7692 says"),
                read(compressed(Opcode.TEXT, hex("ff ff ff ff"))));
        for (String bad : List.of("c3", "ff", "ed a0 80")) {
            String violation =
                    read(compressed(Opcode.TEXT, Deflate.deflate(hex(bad)))).getFirst();
            assertTrue(violation.startsWith("1007 "), violation);
        }
    }

    @Test
    void aMessageOfTheLargestSizeIsReadAndOneByteMoreIsTooLarge() {
        byte[] largest = new byte[LIMIT];
        Arrays.fill(largest, (byte) 'a');
        byte[] more = Arrays.copyOf(largest, LIMIT + 1);
        assertEquals(
                List.of(Reading.data(Opcode.TEXT, largest), "end"),
                read(compressed(Opcode.TEXT, Deflate.deflate(largest))));
        assertEquals(List.of("1009 message over 65536 bytes"), read(compressed(Opcode.BINARY, Deflate.deflate(more))));
    }

    /** A megabyte for a kilobyte, again and again, is inflated up to the limit and no further. */
    @Test
    void aBombCostsNoMoreThanTheLargestMessage() {
        byte[] bomb = compressed(Opcode.BINARY, Deflate.deflate(new byte[64 << 20]));
        long before = Allocation.ofThisThread();
        assertEquals(List.of("1009 message over 65536 bytes"), read(Chunks.of(bomb)));
        long allocated = Allocation.ofThisThread() - before;
        assertTrue(allocated < 2 * bomb.length + 4 * LIMIT, allocated + " bytes");
    }

    @Test
    void aMessageThatIsLargerCompressedThanAnyCompressionMakesItIsTooLarge() {
        byte[] emptyBlocks = new byte[5 * 20_000];
        for (int i = 0; i < emptyBlocks.length; i += 5) {
            emptyBlocks[i + 3] = (byte) 0xFF;
            emptyBlocks[i + 4] = (byte) 0xFF;
        }
        assertEquals(List.of("1009 message over 65536 bytes"), read(compressed(Opcode.TEXT, emptyBlocks)));
        byte[] some = Arrays.copyOf(emptyBlocks, 5 * 10_000);
        assertEquals(List.of(Reading.text(""), "end"), read(compressed(Opcode.TEXT, some)));
    }

    @Test
    void blocksThatSayThatTheyAreTheLastAreCounted() {
        byte[] ends = new byte[2 * 300];
        for (int i = 0; i < ends.length; i += 2) {
            ends[i] = 3;
        }
        assertEquals(List.of(Reading.text(""), "end"), read(compressed(Opcode.TEXT, Arrays.copyOf(ends, 2 * 200))));
        assertEquals(
                List.of("1007 the message is not compressed as RFC 7692 says"), read(compressed(Opcode.TEXT, ends)));
    }
}
