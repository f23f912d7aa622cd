package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.relay.Segment;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop on its own thread, with peers that do not read. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class WriteLoopTest {
    private final HubFixture fixture;

    WriteLoopTest(int loops) {
        fixture = HubFixture.onThreads(loops);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aBlockedPeerHoldsNobodyBack() throws InterruptedException {
        List<Client> slow = clients(40);
        List<Client> quick = clients(100);
        slow.forEach(peer -> peer.transport().block());

        say(quick.getFirst(), 0, 50);

        quick.forEach(peer -> awaitNumbers(peer, 50));
        slow.forEach(
                peer -> assertTrue(peer.transport().writes().size() <= 1, "one write waits, and no other follows it"));
        slow.forEach(peer -> peer.transport().unblock());
        slow.forEach(peer -> awaitNumbers(peer, 50));
    }

    @Test
    void aPeerThatReadsAgainGetsEverythingInOrder() throws InterruptedException {
        Client peer = clients(1).getFirst();
        // The socket takes a part of the frame, whose rest follows in another write.
        peer.transport().block(2);
        say(peer, 0, 1);
        Await.until("blocked", () -> peer.transport().writes().size() == 2);
        say(peer, 1, 1_000);
        peer.transport().unblock();
        awaitNumbers(peer, 1_000);
        say(peer, 1_000, 2_000);
        awaitNumbers(peer, 2_000);
    }

    @Test
    void severalThreadsSendToOnePeerWithoutLoss() throws InterruptedException {
        Client peer = clients(1).getFirst();
        List<Client> others = clients(4);
        List<Thread> senders = new ArrayList<>();
        for (Client other : others) {
            senders.add(Thread.startVirtualThread(() -> {
                try {
                    say(other, 0, 5_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        Await.until("20,000 frames", () -> peer.transport().frames().size() == 20_000);
    }

    @Test
    void aDefectInADeliveryCostsThatTopicAloneAndIsCounted() throws InterruptedException {
        Client broken = fixture.connect(Wire.PLAIN, Topic.DEFAULT_CHAT);
        Client other = clients(1).getFirst();
        fixture.relay.receiver().receive(Topic.DEFAULT_CHAT, new Segment(Position.NONE, new Defective()));
        Await.until(
                "it is told",
                () -> broken.transport().frames().stream()
                        .anyMatch(frame -> frame.opcode() == Opcode.CLOSE && frame.closeCode() == 1011));
        assertEquals(1, fixture.metrics.defects().value());
        say(other, 0, 1);
        awaitNumbers(other, 1);
    }

    /** Fails where it is framed. */
    private static final class Defective extends AbstractList<Message> {
        @Override
        public Message get(int index) {
            if (Thread.currentThread().getName().equals("tidegate-write-loop-1")) {
                throw new IllegalStateException("a defect");
            }
            return new Message(Opcode.TEXT, new byte[0]);
        }

        @Override
        public int size() {
            return 1;
        }
    }

    private static void say(Client client, int from, int to) throws InterruptedException {
        for (int i = from; i < to; i++) {
            client.says(String.valueOf(i));
        }
    }

    private static void awaitNumbers(Client client, int count) {
        List<String> expected =
                IntStream.range(0, count).mapToObj(String::valueOf).toList();
        Await.until("all numbers, in order", () -> client.transport().texts().size() >= count);
        assertEquals(expected, client.transport().texts());
    }

    private List<Client> clients(int count) throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(fixture.connect());
        }
        return clients;
    }
}
