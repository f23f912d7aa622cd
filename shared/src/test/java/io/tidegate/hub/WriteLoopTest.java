package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Counter;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.Await;
import io.tidegate.testing.FakeTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteLoopTest {
    /** What the fan-out does, a round each, on the loop's own thread. */
    private final Queue<Runnable> rounds = new ConcurrentLinkedQueue<>();

    private final WriteLoop loop = new WriteLoop(this::round, new Counter());

    private boolean round() {
        Runnable round = rounds.poll();
        if (round != null) {
            round.run();
        }
        return round != null;
    }

    private record Peer(OutboundQueue queue, FakeTransport transport) {
        void send(int number) {
            queue.offer(FrameBatch.of(
                    Opcode.TEXT, String.valueOf(number).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }

        void awaitNumbers(int count) {
            List<String> expected =
                    IntStream.range(0, count).mapToObj(String::valueOf).toList();
            Await.until("all numbers, in order", () -> transport.texts().size() >= count);
            assertEquals(expected, transport.texts());
        }
    }

    @BeforeEach
    void start() {
        loop.start();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void aBlockedPeerHoldsNobodyBack() {
        List<Peer> slow = peers(40);
        List<Peer> quick = peers(100);
        slow.forEach(peer -> peer.transport().block());

        for (int i = 0; i < 50; i++) {
            int number = i;
            slow.forEach(peer -> peer.send(number));
            quick.forEach(peer -> peer.send(number));
        }

        quick.forEach(peer -> peer.awaitNumbers(50));
        slow.forEach(
                peer -> assertTrue(peer.transport().writes().size() <= 1, "one write waits, and no other follows it"));
    }

    @Test
    void whatARoundHasFilledIsWrittenThoughSomeOfItsPeersBlock() {
        List<Peer> slow = peers(3);
        List<Peer> quick = peers(30);
        slow.forEach(peer -> peer.transport().block());

        for (int i = 0; i < 3; i++) {
            int number = i;
            rounds.add(() -> {
                // Whoever blocks is in front of the others.
                slow.forEach(peer -> peer.send(number));
                quick.forEach(peer -> peer.send(number));
            });
            loop.wake();
            quick.forEach(peer -> peer.awaitNumbers(number + 1));
        }

        slow.forEach(peer -> peer.transport().unblock());
        slow.forEach(peer -> peer.awaitNumbers(3));
    }

    @Test
    void aPeerThatReadsAgainGetsEverythingInOrder() {
        Peer peer = peers(1).getFirst();
        // The socket takes a part of the frame, whose rest follows in another write.
        peer.transport().block(2);
        peer.send(0);
        Await.until("blocked", () -> peer.transport().writes().size() == 2);
        for (int i = 1; i < 1_000; i++) {
            peer.send(i);
        }
        peer.transport().unblock();
        peer.awaitNumbers(1_000);
        for (int i = 1_000; i < 2_000; i++) {
            peer.send(i);
        }
        peer.awaitNumbers(2_000);
    }

    @Test
    void aDefectOfTheFanOutEndsNothing() {
        Peer peer = peers(1).getFirst();
        rounds.add(() -> {
            throw new IllegalStateException("a defect");
        });
        rounds.add(() -> peer.send(0));
        loop.wake();
        peer.awaitNumbers(1);
    }

    @Test
    void aDefectOfOneTransportCostsItsOwnConnectionAlone() {
        AtomicBoolean cut = new AtomicBoolean();
        OutboundQueue broken = new OutboundQueue(new Defective(cut), loop, 1 << 20);
        broken.open();
        Peer other = peers(1).getFirst();
        FrameBatch batch = FrameBatch.of(Opcode.TEXT, new byte[10]);

        broken.offer(batch);
        other.send(0);

        other.awaitNumbers(1);
        Await.until("it is cut", cut::get);
        assertEquals(OutboundQueue.Offer.ENDED, broken.offer(batch));
    }

    private record Defective(AtomicBoolean cut) implements Transport {
        @Override
        public int writeNow(byte[] bytes) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public void write(byte[] bytes, int from) {
            throw new IllegalStateException("a defect");
        }

        @Override
        public void abort() {
            cut.set(true);
        }
    }

    @Test
    void severalThreadsSendToOnePeerWithoutLoss() throws InterruptedException {
        Peer peer = peers(1).getFirst();
        List<Thread> senders = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            senders.add(
                    Thread.startVirtualThread(() -> IntStream.range(0, 5_000).forEach(peer::send)));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        Await.until("20,000 frames", () -> peer.transport().frames().size() == 20_000);
    }

    private List<Peer> peers(int count) {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FakeTransport transport = new FakeTransport();
            OutboundQueue queue = new OutboundQueue(transport, loop, 1 << 20);
            queue.open();
            peers.add(new Peer(queue, transport));
        }
        return peers;
    }
}
