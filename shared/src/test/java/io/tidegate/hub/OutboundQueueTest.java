package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.hub.OutboundQueue.Offer;
import io.tidegate.metrics.Counter;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.Await;
import io.tidegate.testing.FakeTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {
    private static final int LIMIT = 1_000;

    private final FakeTransport transport = new FakeTransport();
    private final Counter written = new Counter();

    /** Never started: the test is the thread that writes. */
    private final WriteLoop loop = new WriteLoop(() -> false, written);

    private final OutboundQueue queue = new OutboundQueue(transport, loop, LIMIT);

    @Test
    void whatIsOfferedBeforeTheHandshakeIsAnsweredWaitsForIt() {
        queue.offer(frame(10));
        assertEquals(List.of(), transport.writes());

        queue.open();
        assertFalse(queue.write());
        assertEquals(1, transport.frames().size());
    }

    @Test
    void allThatWaitsLeavesInOneWriteInOrder() {
        queue.open();
        queue.offer(FrameBatch.of(Opcode.TEXT, new byte[] {'a'}));
        queue.offer(FrameBatch.of(Opcode.TEXT, new byte[] {'b'}));
        queue.offer(FrameBatch.of(Opcode.TEXT, new byte[] {'c'}));

        assertFalse(queue.write());

        assertEquals(1, transport.writes().size());
        assertEquals(List.of("a", "b", "c"), transport.texts());
        assertEquals(3, written.value());
        assertEquals(0, queue.bytes());
    }

    @Test
    void whatThePeerDoesNotTakeAtOnceIsWrittenByAThreadOfItsOwn() {
        queue.open();
        transport.block(3);
        queue.offer(frame(10));
        assertFalse(queue.write(), "the loop is done with it");

        queue.offer(frame(20));
        Await.until("the rest waits", () -> transport.writes().size() == 2);
        assertEquals(0, written.value());
        transport.unblock();

        Await.until("both are out, the second as a whole", () -> written.value() == 2);
        assertEquals(
                List.of(3, 9, 22),
                transport.writes().stream().map(bytes -> bytes.length).toList());
        Await.until("nothing waits", () -> queue.bytes() == 0);
        queue.offer(frame(30));
        assertFalse(queue.write(), "and the loop has it again");
        assertEquals(3, written.value());
    }

    @Test
    void oneBatchIsNotCopied() {
        FrameBatch batch = frame(10);
        queue.open();
        queue.offer(batch);
        queue.write();
        assertSame(batch.bytes(), transport.writes().getFirst());
    }

    @Test
    void bytesAboveTheLimitAreRefusedAndNothingElseIsLost() {
        queue.open();
        assertEquals(Offer.ACCEPTED, queue.offer(frame(600)));
        assertEquals(Offer.FULL, queue.offer(frame(600)));
        assertEquals(Offer.ACCEPTED, queue.offer(frame(300)));
        queue.write();
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
    void nothingFollowsTheLastFrame() throws InterruptedException {
        queue.open();
        queue.offer(frame(10));
        queue.end(FrameBatch.close(1012, ""), false);
        assertEquals(Offer.ENDED, queue.offer(frame(10)));
        queue.end(FrameBatch.close(1011, ""), false);
        queue.write();

        queue.awaitFinished(0);
        assertEquals(2, transport.frames().size());
        assertEquals(1012, transport.frames().getLast().closeCode());
    }

    @Test
    void whoeverWaitsForTheLastFrameIsToldOnceItIsOut() throws InterruptedException {
        queue.open();
        queue.end(FrameBatch.close(1012, ""), false);
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                queue.awaitFinished(TimeUnit.MINUTES.toNanos(1));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Await.until("waiting", () -> waiting.getState() == Thread.State.TIMED_WAITING);

        queue.write();

        assertTrue(waiting.join(Duration.ofSeconds(30)));
    }

    @Test
    void theLastFrameCanTakeThePlaceOfWhatWaits() {
        queue.open();
        queue.offer(frame(900));
        queue.end(FrameBatch.close(1013, ""), true);
        queue.write();
        assertEquals(1, transport.frames().size());
        assertEquals(0, queue.bytes());
    }

    @Test
    void aSocketThatFailsTakesNothingMoreAndIsCut() {
        queue.open();
        transport.abort();
        queue.offer(frame(10));
        assertFalse(queue.write());
        Await.until("nothing more is taken", () -> queue.offer(frame(10)) == Offer.ENDED);
        assertEquals(0, queue.bytes());
        assertEquals(0, written.value());
        assertTrue(transport.aborted());
    }

    private static FrameBatch frame(int payload) {
        return FrameBatch.of(Opcode.BINARY, new byte[payload]);
    }
}
