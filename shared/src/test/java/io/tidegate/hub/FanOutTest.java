package io.tidegate.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class FanOutTest {
    private final HubFixture fixture;

    FanOutTest(int loops) {
        fixture = HubFixture.onThreads(loops);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aMessageReachesEverySubscriberFramedOnce() throws InterruptedException {
        Client ann = fixture.connect();
        Client ben = fixture.connect();

        ann.says("hi");

        awaitTexts(ann, List.of("hi"));
        awaitTexts(ben, List.of("hi"));
        assertSame(ann.transport().writes().getFirst(), ben.transport().writes().getFirst());
    }

    @Test
    void onlyTheTopicsSubscribersGetIt() throws InterruptedException {
        Client tea = fixture.connect(Wire.PLAIN, new Topic("tea"));
        Client coffee = fixture.connect(Wire.PLAIN, new Topic("coffee"));
        Client all = fixture.connect();

        tea.says("{\"message\":1}");
        coffee.says("{\"message\":2}");
        all.says("x");

        awaitTexts(all, List.of("x"));
        awaitTexts(tea, List.of("{\"message\":1,\"timestamp\":" + fixture.clock.epochMillis() + "}"));
        awaitTexts(coffee, List.of("{\"message\":2,\"timestamp\":" + fixture.clock.epochMillis() + "}"));
    }

    @Test
    void textAndBinaryKeepTheirKindAndBytes() throws InterruptedException {
        Client ann = fixture.connect();
        ann.connection().receive(new Message(Opcode.BINARY, new byte[] {0, -1, 7}));
        ann.says("text");
        Await.until("two frames", () -> ann.transport().frames().size() == 2);
        assertEquals(Opcode.BINARY, ann.transport().frames().get(0).opcode());
        assertEquals(Opcode.TEXT, ann.transport().frames().get(1).opcode());
    }

    @Test
    void everybodySeesTheSameOrder() throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(fixture.connect());
        }
        List<Thread> publishers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Client publisher = clients.get(i);
            String name = "p" + i + "-";
            publishers.add(Thread.startVirtualThread(() -> IntStream.range(0, 500)
                    .forEach(n -> {
                        try {
                            publisher.says(name + n);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    })));
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        Await.until(
                "all messages",
                () -> clients.stream().allMatch(c -> c.transport().texts().size() == 2_000));
        List<String> order = clients.getFirst().transport().texts();
        clients.forEach(client -> assertEquals(order, client.transport().texts()));
        assertEquals(2_000, fixture.metrics.messagesReceived().value());
        assertEquals(2_000 * 20, fixture.metrics.messagesSent().value());
    }

    @Test
    void whoLeavesGetsNothingMoreAndTheLastOneEndsTheRelaysSubscription() throws InterruptedException {
        Client ann = fixture.connect();
        Client ben = fixture.connect();
        ben.connection().ended();
        ann.says("alone");
        awaitTexts(ann, List.of("alone"));
        assertEquals(List.of(), ben.transport().writes());
        ann.connection().ended();
        Await.until("the relay is told", () -> fixture.relay.subscriptions.contains("-/"));
        assertEquals("-/", fixture.relay.subscriptions.getLast());
        assertEquals(1, Collections.frequency(fixture.relay.subscriptions, "-/"));
    }

    @Test
    void thePublisherWaitsWhileTheFanOutDoesNotKeepUp() throws InterruptedException {
        Client slow = fixture.connect();
        // 30 MB, several times what the inbox takes.
        byte[] large = "x".repeat(60_000).getBytes(UTF_8);
        for (int i = 0; i < 500; i++) {
            slow.connection().receive(new Message(Opcode.TEXT, large));
        }
        Await.until("all", () -> slow.transport().frames().size() == 500);
        assertEquals(0, fixture.hub.queuedBytes());
    }

    private static void awaitTexts(Client client, List<String> expected) {
        Await.until(
                expected + " at the client", () -> client.transport().texts().size() >= expected.size());
        assertEquals(expected, client.transport().texts());
    }
}
