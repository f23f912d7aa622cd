package io.tidegate.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.framing.Deflation;
import io.tidegate.framing.PerMessageDeflate;
import io.tidegate.hub.OutboundQueue.Offer;
import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.FakeTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {
    private static final int LIMIT = 1_000;
    private static final Deflation DEFLATION = new Deflation();

    private final FakeTransport transport = new FakeTransport();
    private final Metrics metrics = new Metrics();
    private final Counter frames = metrics.messagesSent();
    private final List<LoopEvent> posted = new ArrayList<>();
    private final List<Throwable> defects = new ArrayList<>();
    private final Outbound outbound = new Outbound(LIMIT, posted::add, defects::add, metrics);
    private final OutboundQueue queue = queue(transport);

    private OutboundQueue queue(Transport to) {
        return new OutboundQueue(to, outbound, null);
    }

    /** A queue of a peer that agreed on such a window. */
    private OutboundQueue compressing(Transport to, int bits) {
        OutboundQueue made = new OutboundQueue(to, outbound, DEFLATION.with(new PerMessageDeflate(bits, true)));
        made.open();
        return made;
    }

    @Test
    void whoTakesCompressedFramesGetsThemAndOthersDoNot() {
        FrameBatch batch = FrameBatch.of(Opcode.TEXT, "tidegate ".repeat(100).getBytes(UTF_8));
        FakeTransport widest = new FakeTransport();
        FakeTransport narrow = new FakeTransport();
        queue.open();
        queue.offer(batch);
        compressing(widest, 15).offer(batch);
        compressing(narrow, 9).push(batch);
        outbound.write();

        FrameBatch compressed = batch.compressed(DEFLATION).frames();
        assertArrayEquals(batch.bytes(), transport.writes().getFirst());
        assertArrayEquals(compressed.bytes(), widest.writes().getFirst());
        assertArrayEquals(batch.bytes(), narrow.writes().getFirst(), "a message that is longer than the window of 512");
        assertEquals(
                2L * batch.length(), metrics.compressionSent(Metrics.Form.PLAIN).value());
        assertEquals(
                compressed.length() + batch.length(),
                metrics.compressionSent(Metrics.Form.DEFLATED).value());
    }

    /** The limit is of what is sent: more fits where it is compressed. */
    @Test
    void theLimitCountsBytesAsTheyAreSent() {
        OutboundQueue to = compressing(new FakeTransport(), 15);
        byte[] message = "tidegate ".repeat(100).getBytes(UTF_8);
        for (int i = 0; i < 5; i++) {
            assertEquals(Offer.ACCEPTED, to.offer(FrameBatch.of(Opcode.TEXT, message)));
        }
        assertTrue(to.bytes() < LIMIT, to.bytes() + " bytes");
    }

    /** What the loop does with what was posted. */
    private void step() {
        List<LoopEvent> events = List.copyOf(posted);
        posted.clear();
        for (LoopEvent event : events) {
            LoopEvent.Written written = (LoopEvent.Written) event;
            if (written.failure() == null) {
                queue.written(written.batch());
            } else {
                queue.fail();
            }
        }
        outbound.write();
    }

    @Test
    void whatIsOfferedBeforeTheHandshakeIsAnsweredWaitsForIt() {
        queue.offer(frame(10));
        outbound.write();
        assertEquals(List.of(), transport.writes());

        queue.open();
        outbound.write();
        assertEquals(1, transport.frames().size());
    }

    @Test
    void allThatWaitsLeavesInOneWriteInOrder() {
        queue.open();
        queue.offer(FrameBatch.of(Opcode.TEXT, new byte[] {'a'}));
        queue.offer(FrameBatch.of(Opcode.TEXT, new byte[] {'b'}));
        queue.offer(FrameBatch.of(Opcode.TEXT, new byte[] {'c'}));
        assertFalse(outbound.write());

        assertEquals(1, transport.writes().size());
        assertEquals(List.of("a", "b", "c"), transport.texts());
        assertEquals(3, frames.value());
        assertEquals(0, outbound.bytes());
    }

    @Test
    void whatThePeerDoesNotTakeAtOnceIsWrittenElsewhereAndWhatComesMeanwhileFollows() {
        queue.open();
        transport.block(3);
        queue.offer(frame(10));
        outbound.write();
        queue.offer(frame(20));
        outbound.write();
        assertEquals(2, transport.writes().size(), "a part, and the rest that waits");
        assertEquals(0, frames.value());

        transport.unblock();
        step();
        assertEquals(
                List.of(3, 9, 22),
                transport.writes().stream().map(bytes -> bytes.length).toList());
        assertEquals(2, frames.value());
        assertEquals(0, outbound.bytes());
    }

    @Test
    void oneBatchIsNotCopied() {
        FrameBatch batch = frame(10);
        queue.open();
        queue.offer(batch);
        outbound.write();
        assertSame(batch.bytes(), transport.writes().getFirst());
    }

    @Test
    void bytesAboveTheLimitAreRefusedAndNothingElseIsLost() {
        queue.open();
        assertEquals(Offer.ACCEPTED, queue.offer(frame(600)));
        assertEquals(Offer.FULL, queue.offer(frame(600)));
        assertEquals(Offer.ACCEPTED, queue.offer(frame(300)));
        outbound.write();
        assertEquals(2, transport.frames().size());
        assertEquals(Offer.ACCEPTED, queue.offer(frame(600)));
    }

    @Test
    void aPeerThatHasReadEverythingGetsABatchOfAnySize() {
        queue.open();
        assertEquals(Offer.ACCEPTED, queue.offer(frame(5 * LIMIT)));
        assertEquals(Offer.FULL, queue.offer(frame(1)));
    }

    @Test
    void whoWantsRoomIsToldOnceAQuarterAtMostWaits() {
        AtomicInteger told = new AtomicInteger();
        queue.open();
        transport.block();
        queue.offer(frame(500));
        outbound.write();
        assertFalse(queue.hasRoom());
        queue.whenRoom(told::incrementAndGet);
        step();
        assertEquals(0, told.get());
        transport.unblock();
        step();
        assertTrue(queue.hasRoom());
        queue.offer(frame(10));
        step();
        assertEquals(1, told.get());
    }

    @Test
    void nothingFollowsTheLastFrame() {
        AtomicInteger told = new AtomicInteger();
        queue.open();
        queue.offer(frame(10));
        queue.end(FrameBatch.close(1012, ""), false);
        assertEquals(Offer.ENDED, queue.offer(frame(10)));
        queue.end(FrameBatch.close(1011, ""), false);
        queue.whenFinished(told::incrementAndGet);
        assertEquals(0, told.get());
        outbound.write();

        assertEquals(1, told.get());
        queue.whenFinished(told::incrementAndGet);
        assertEquals(2, told.get());
        assertEquals(2, transport.frames().size());
        assertEquals(1012, transport.frames().getLast().closeCode());
    }

    @Test
    void theLastFrameCanTakeThePlaceOfWhatWaits() {
        queue.open();
        queue.offer(frame(900));
        queue.end(FrameBatch.close(1013, ""), true);
        outbound.write();
        assertEquals(1, transport.frames().size());
        assertEquals(0, outbound.bytes());
    }

    @Test
    void aSocketThatFailsTakesNothingMoreAndIsCut() {
        AtomicInteger told = new AtomicInteger();
        queue.open();
        transport.abort();
        queue.offer(frame(10));
        queue.whenFinished(told::incrementAndGet);
        outbound.write();
        step();
        assertEquals(Offer.ENDED, queue.offer(frame(10)));
        assertEquals(0, outbound.bytes());
        assertEquals(0, frames.value());
        assertEquals(1, told.get());
        assertTrue(transport.aborted());
    }

    @Test
    void aDefectOfOneTransportCostsItsOwnConnectionAlone() {
        FakeTransport fine = new FakeTransport();
        OutboundQueue broken = queue(new Defective());
        OutboundQueue other = queue(fine);
        broken.open();
        other.open();
        broken.offer(frame(10));
        other.offer(frame(10));
        outbound.write();
        assertEquals(1, fine.frames().size());
        assertEquals(1, defects.size());
        assertEquals(Offer.ENDED, broken.offer(frame(10)));
    }

    @Test
    void smallBatchesCountWhatTheyCost() {
        transport.block();
        queue.open();
        queue.offer(frame(0));
        outbound.write();
        int taken = 0;
        while (queue.offer(frame(0)) == Offer.ACCEPTED) {
            taken++;
        }
        assertTrue(taken <= LIMIT / OutboundQueue.ENTRY + 2, taken + " batches of two bytes in a queue of 1,000");
        assertTrue(taken > 10, taken + " batches");
    }

    /** RFC 6455, section 5.5.3. */
    @Test
    void whoTakesNothingGetsOnePongForTheLastPing() {
        transport.block();
        queue.open();
        queue.offer(frame(10));
        outbound.write();
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Offer.ACCEPTED, queue.offerPong(FrameBatch.of(Opcode.PONG, new byte[] {(byte) i})));
        }
        int waiting = queue.bytes();
        assertEquals(frame(10).length(), waiting);
        transport.unblock();
        step();
        assertEquals(2, transport.frames().size());
        assertEquals((byte) 999, transport.frames().get(1).payload()[0]);
        assertEquals(0, queue.bytes());
    }

    @Test
    void whoReadsGetsEachPong() {
        queue.open();
        for (int i = 0; i < 10; i++) {
            queue.offerPong(FrameBatch.of(Opcode.PONG, new byte[] {(byte) i}));
        }
        outbound.write();
        assertEquals(10, transport.frames().size());
    }

    @Test
    void noPongFollowsTheLastFrame() {
        transport.block();
        queue.open();
        queue.offer(frame(10));
        outbound.write();
        queue.offerPong(FrameBatch.of(Opcode.PONG, new byte[1]));
        queue.end(FrameBatch.close(1000, ""), false);
        transport.unblock();
        step();
        assertEquals(Opcode.CLOSE, transport.frames().getLast().opcode());
        assertEquals(2, transport.frames().size());
    }

    private static final class Defective implements Transport {
        @Override
        public int writeNow(byte[] bytes) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public long restTaken() {
            return 0;
        }

        @Override
        public void abort() {}
    }

    private static FrameBatch frame(int payload) {
        return FrameBatch.of(Opcode.BINARY, new byte[payload]);
    }
}
