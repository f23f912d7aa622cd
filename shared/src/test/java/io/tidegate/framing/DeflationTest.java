package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ServerFrames;
import io.tidegate.testing.ServerFrames.Frame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Compressing batches, RFC 7692 sections 6.1 and 7.2.1")
class DeflationTest {
    private final Deflation deflation = new Deflation();

    private static byte[] json(int length) {
        String text = "{\"type\":\"message\",\"topic\":\"news\",\"message\":\"Grüße an alle\"}".repeat(length / 50 + 1);
        return Arrays.copyOf(text.getBytes(UTF_8), length);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Message text(byte[] payload) {
        return new Message(Opcode.TEXT, payload);
    }

    private static List<Frame> read(FrameBatch batch) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(batch.bytes());
        List<Frame> frames = new ArrayList<>();
        for (Frame frame = ServerFrames.read(in, true); frame != null; frame = ServerFrames.read(in, true)) {
            frames.add(frame);
        }
        return frames;
    }

    /** Every form of the length, before and after. */
    @ParameterizedTest
    @ValueSource(ints = {Deflation.LEAST, 400, 1_000, 65_535, 65_536, 300_000})
    void aMessageIsSmallerAndTheSame(int length) throws IOException {
        byte[] payload = json(length);
        FrameBatch.Compressed compressed = FrameBatch.of(List.of(text(payload))).compressed(deflation);
        Frame frame = read(compressed.frames()).getFirst();
        assertTrue(frame.compressed());
        assertEquals(Opcode.TEXT, frame.opcode());
        assertArrayEquals(payload, frame.payload());
        assertTrue(compressed.frames().length() < length, compressed.frames().length() + " bytes");
        assertEquals(1, compressed.frames().frames());
        assertEquals(length, compressed.longest());
    }

    @Test
    @DisplayName("6: each message of a batch for itself, and whether it is compressed stands in its first frame")
    void eachMessageIsCompressedForItself() throws IOException {
        List<byte[]> payloads = List.of(json(20), json(1_000), random(1_000), json(1_000), new byte[0], json(5_000));
        FrameBatch.Compressed compressed = FrameBatch.of(
                        payloads.stream().map(DeflationTest::text).toList())
                .compressed(deflation);
        List<Frame> frames = read(compressed.frames());
        assertEquals(
                List.of(false, true, false, true, false, true),
                frames.stream().map(Frame::compressed).toList());
        for (int i = 0; i < payloads.size(); i++) {
            assertArrayEquals(payloads.get(i), frames.get(i).payload());
        }
        assertEquals(5_000, compressed.longest());
    }

    @Test
    void whatDoesNotBecomeSmallerIsSentAsItIs() {
        for (byte[] payload : List.of(json(Deflation.LEAST - 1), random(Deflation.LEAST), random(100_000))) {
            FrameBatch batch = FrameBatch.of(List.of(text(payload)));
            assertSame(batch, batch.compressed(deflation).frames());
            assertEquals(0, batch.compressed(deflation).longest());
        }
    }

    @Test
    @DisplayName("6.1: control frames are never compressed")
    void controlFramesAreNot() {
        FrameBatch ping = FrameBatch.of(Opcode.PING, new byte[125]);
        assertSame(ping, ping.compressed(deflation).frames());
        FrameBatch close = FrameBatch.close(1012, "a".repeat(123));
        assertSame(close, close.compressed(deflation).frames());
    }

    @Test
    void aBatchIsCompressedOnce() {
        int[] times = {0};
        FrameBatch batch = FrameBatch.of(List.of(text(json(1_000))));
        FrameBatch.Compressed first = batch.compressed((in, from, length, out, to) -> {
            times[0]++;
            return deflation.compress(in, from, length, out, to);
        });
        assertSame(first, batch.compressed(deflation));
        assertEquals(1, times[0]);
        assertFalse(Arrays.equals(batch.bytes(), first.frames().bytes()));
    }
}
