package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.fragments;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.join;
import static io.tidegate.testing.ClientFrames.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Opcode;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Bytes as they arrive: chunks, ends, memory and time")
class ArrivalTest {
    private static final int MIB = 1 << 20;

    @Test
    @DisplayName("5.2: many whole frames in one chunk are read without asking for more")
    void manyFramesInOneChunkNeedNoOther() {
        byte[][] frames = new byte[100][];
        Arrays.setAll(frames, i -> text("message " + i));
        Chunks chunks = Chunks.of(join(frames));
        FrameReader reader = new FrameReader(chunks, Reading.MAX_MESSAGE);
        for (int i = 0; i < 100; i++) {
            assertEquals(Reading.text("message " + i), Reading.show(reader.next()));
            assertEquals(1, chunks.given());
        }
        assertEquals("end", Reading.show(reader.next()));
    }

    @Test
    @DisplayName("7.1.5: a stream that ends without a close frame is an end, wherever it ends")
    void streamMayEndAnywhere() {
        byte[] bytes = join(fragments(Opcode.TEXT, "x".repeat(300).getBytes(UTF_8), 150));
        for (int length = 0; length < bytes.length; length++) {
            assertEquals(List.of("end"), Reading.all(Chunks.of(Arrays.copyOf(bytes, length))));
        }
    }

    @Test
    @DisplayName("7.1.5: the end stays the end")
    void endStaysTheEnd() {
        FrameReader reader = new FrameReader(Chunks.of(), Reading.MAX_MESSAGE);
        Inbound end = reader.next();
        assertSame(end, reader.next());
    }

    @Test
    @DisplayName("7.1.7: nothing is read after a violation")
    void nothingIsReadAfterAViolation() {
        Chunks chunks = Chunks.of(frame(0xF, new byte[0]).bytes(), text("late"));
        FrameReader reader = new FrameReader(chunks, Reading.MAX_MESSAGE);
        Inbound violation = reader.next();
        assertEquals("violation PROTOCOL_ERROR", Reading.show(violation));
        assertSame(violation, reader.next());
        assertEquals(1, chunks.given());
    }

    @Test
    @DisplayName("5.3: unmasking changes no chunk")
    void chunksAreNotChanged() {
        byte[] bytes = text("unchanged");
        byte[] copy = bytes.clone();
        assertEquals(List.of(Reading.text("unchanged"), "end"), Reading.all(Chunks.of(bytes)));
        assertTrue(Arrays.equals(copy, bytes));
    }

    @Test
    @DisplayName("10.4: a reader that waits holds no chunk, between messages and inside one")
    void waitingHoldsNoChunk() {
        ForgottenChunks source = new ForgottenChunks();
        FrameReader reader = new FrameReader(source, Reading.MAX_MESSAGE);
        assertEquals(Reading.text("one"), Reading.show(reader.next()));
        assertEquals(Reading.text("two"), Reading.show(reader.next()));
        assertEquals("end", Reading.show(reader.next()));
        assertEquals(3, source.forgotten, "chunks that nobody held when the reader waited");
    }

    @Test
    @Timeout(20)
    @DisplayName("10.4: a message that comes byte by byte takes linear time and memory")
    void dribbledMessageTakesLinearTimeAndMemory() {
        byte[] payload = "é".repeat(3 * MIB).getBytes(UTF_8);
        Dribble source = new Dribble(frame(Opcode.TEXT, payload).bytes());
        FrameReader reader = new FrameReader(source, 64 * MIB);
        long before = allocated();
        Inbound inbound = reader.next();
        assertTrue(allocated() - before < 3L * payload.length, "buffers that double, and the last one fits");
        assertEquals(Reading.data(Opcode.TEXT, payload), Reading.show(inbound));
    }

    @Test
    @Timeout(20)
    @DisplayName("10.4: a message of tiny fragments takes linear time and memory")
    void messageOfTinyFragmentsTakesLinearTimeAndMemory() {
        byte[] first = frame(Opcode.BINARY, new byte[1]).unfinished().bytes();
        byte[] more = frame(Opcode.CONTINUATION, new byte[1]).unfinished().bytes();
        byte[] last = frame(Opcode.CONTINUATION, new byte[1]).bytes();
        byte[] middle = join(Collections.nCopies(MIB - 2, more).toArray(byte[][]::new));
        Chunks source = Chunks.of(first, middle, last);
        FrameReader reader = new FrameReader(source, 64 * MIB);
        long before = allocated();
        Inbound inbound = reader.next();
        assertTrue(allocated() - before < 5L * MIB, "buffers that double, and one that is cut");
        assertEquals(Reading.data(Opcode.BINARY, new byte[MIB]), Reading.show(inbound));
    }

    @Test
    @DisplayName("10.4: a header that promises much takes no memory before the bytes arrive")
    void promisesTakeNoMemory() {
        byte[] promise = frame(Opcode.BINARY, new byte[0]).announcing(64 * MIB).header();
        byte[] whole =
                frame(Opcode.BINARY, new byte[] {1, 2, 3}).announcing(64 * MIB).bytes();
        byte[] fragment = frame(Opcode.BINARY, new byte[] {1, 2, 3})
                .announcing(64 * MIB)
                .unfinished()
                .bytes();
        for (byte[] bytes : List.of(promise, whole, fragment)) {
            FrameReader reader = new FrameReader(Chunks.of(bytes), 64 * MIB);
            long before = allocated();
            Inbound inbound = reader.next();
            assertTrue(allocated() - before < 64 * 1024, "nothing near 64 MiB");
            assertEquals("end", Reading.show(inbound));
        }
    }

    @Test
    @DisplayName("10.4: a message in one chunk is allocated once")
    void messageInOneChunkIsAllocatedOnce() {
        byte[] bytes = frame(Opcode.TEXT, "x".repeat(4 * MIB).getBytes(UTF_8)).bytes();
        FrameReader reader = new FrameReader(Chunks.of(bytes), 8 * MIB);
        long before = allocated();
        Inbound inbound = reader.next();
        assertTrue(allocated() - before < 4 * MIB + 64 * 1024, "the payload and nothing else");
        assertTrue(inbound instanceof Inbound.Data);
    }

    private static long allocated() {
        return Allocation.ofThisThread();
    }

    /** One byte a time, without an array for each. */
    private static final class Dribble implements ByteSource {
        private final byte[] bytes;
        private final byte[] one = new byte[1];
        private int at;

        Dribble(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public byte @Nullable [] next() {
            if (at == bytes.length) {
                return null;
            }
            one[0] = bytes[at++];
            return one;
        }
    }

    /** Makes its chunks when asked, and looks each time whether the one before can be collected. */
    private static final class ForgottenChunks implements ByteSource {
        private final byte[] all = join(text("one"), fragmented());
        private WeakReference<byte[]> before = new WeakReference<>(null);
        private int step;
        private int forgotten;

        private static byte[] fragmented() {
            return join(fragments(Opcode.TEXT, "two".getBytes(UTF_8), 1));
        }

        @Override
        public byte @Nullable [] next() {
            if (step > 0 && isForgotten()) {
                forgotten++;
            }
            int one = text("one").length;
            int[] ends = {0, one, one + 3, all.length};
            if (step == ends.length - 1) {
                return null;
            }
            byte[] chunk = Arrays.copyOfRange(all, ends[step], ends[step + 1]);
            step++;
            before = new WeakReference<>(chunk);
            return chunk;
        }

        private boolean isForgotten() {
            for (int i = 0; i < 20 && before.get() != null; i++) {
                System.gc();
            }
            return before.get() == null;
        }
    }
}
