package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@link Relay} promises of topics and what it carries, run by the test of each relay. */
abstract class RelayContract extends RelayFixture {
    private static RelayUnavailableException failure(CompletionStage<?> stage) {
        Throwable error = Await.value(
                "the relay answers", LIMIT, stage.handle((nothing, e) -> e == null ? new AssertionError("done") : e));
        return assertInstanceOf(RelayUnavailableException.class, error);
    }

    @Test
    void allNodesGetTheSameMessagesInOneOrderAndOfEachThreadInItsOwn() {
        int threads = 4;
        int each = 500;
        List<Inbox> inboxes = List.of(new Inbox(), new Inbox(), new Inbox());
        List<Relay> nodes = inboxes.stream().map(this::node).toList();
        nodes.forEach(node -> done(node.subscribe(TOPIC)));

        List<CompletableFuture<Void>> publishers = IntStream.range(0, threads)
                .mapToObj(thread -> CompletableFuture.runAsync(
                        () -> {
                            Relay node = nodes.get(thread % nodes.size());
                            List<CompletionStage<?>> sent = new ArrayList<>();
                            for (int i = 0; i < each; i++) {
                                sent.add(node.publish(TOPIC, Inbox.text(thread + ":" + i), Optional.empty()));
                            }
                            sent.forEach(RelayFixture::done);
                        },
                        Thread::startVirtualThread))
                .toList();
        publishers.forEach(RelayFixture::done);

        inboxes.forEach(inbox -> arrived(inbox, threads * each));
        List<String> first = inboxes.getFirst().texts(TOPIC);
        for (Inbox inbox : inboxes) {
            assertEquals(first, inbox.texts(TOPIC));
            assertFalse(inbox.overlapped(), "two threads at once in one topic");
        }
        for (int thread = 0; thread < threads; thread++) {
            String prefix = thread + ":";
            assertEquals(
                    IntStream.range(0, each).mapToObj(i -> prefix + i).toList(),
                    first.stream().filter(text -> text.startsWith(prefix)).toList());
        }
    }

    @Test
    void tenThousandMessagesArriveNoneLostNoneDoubled() {
        int count = 10_000;
        Inbox inbox = new Inbox();
        Relay publisher = node(new Inbox());
        done(node(inbox).subscribe(TOPIC));

        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(publisher.publish(TOPIC, Inbox.text("" + i), Optional.empty()));
        }
        sent.forEach(RelayFixture::done);

        arrived(inbox, count);
        assertEquals(IntStream.range(0, count).mapToObj(String::valueOf).toList(), inbox.texts(TOPIC));
    }

    @Test
    void bytesAndOpcodeArriveUnchanged() {
        byte[] every = new byte[256];
        IntStream.range(0, every.length).forEach(i -> every[i] = (byte) i);
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        List<Message> messages = List.of(
                new Message(Opcode.BINARY, new byte[0]),
                new Message(Opcode.TEXT, new byte[0]),
                new Message(Opcode.BINARY, every),
                new Message(Opcode.BINARY, large),
                Inbox.text("ж \u0000 \n\r\n 🌊"));
        Inbox inbox = new Inbox();
        Relay publisher = node(new Inbox());
        done(node(inbox).subscribe(TOPIC));

        messages.forEach(message -> done(publisher.publish(TOPIC, message, Optional.empty())));

        arrived(inbox, messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Message arrived = inbox.all().get(i).message();
            assertEquals(messages.get(i).opcode(), arrived.opcode());
            assertArrayEquals(messages.get(i).payload(), arrived.payload());
        }
    }

    @Test
    void manyLargeMessagesAtOnceArriveInOrder() {
        int count = 12;
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(TOPIC));
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[1 << 20];
            payload[0] = (byte) i;
            sent.add(node.publish(TOPIC, new Message(Opcode.BINARY, payload), Optional.empty()));
        }
        sent.forEach(RelayFixture::done);
        arrived(inbox, count);
        for (int i = 0; i < count; i++) {
            assertEquals(i, inbox.all().get(i).message().payload()[0]);
        }
    }

    @Test
    void publisherGetsItsOwnMessage() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(TOPIC));
        done(node.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(List.of("a"), inbox.texts(TOPIC));
    }

    @Test
    void theBroadcastTopicIsATopicAsAnyOther() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(Topic.BROADCAST));
        done(node.publish(Topic.BROADCAST, Inbox.text("a"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(List.of("a"), inbox.texts(Topic.BROADCAST));
    }

    @Test
    void onlySubscribedTopicsArrive() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.publish(OTHER, Inbox.text("nobody listens, and that is no failure"), Optional.empty()));
        done(node.subscribe(TOPIC));
        done(node.publish(OTHER, Inbox.text("not this"), Optional.empty()));
        done(node.publish(TOPIC, Inbox.text("this"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(
                List.of("this"), inbox.all().stream().map(Inbox.Arrival::text).toList());
    }

    @Test
    void nothingArrivesAfterUnsubscribing() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(TOPIC));
        done(node.subscribe(OTHER));
        node.unsubscribe(TOPIC);
        node.unsubscribe(new Topic("never-subscribed"));
        done(node.publish(TOPIC, Inbox.text("too late"), Optional.empty()));
        done(node.publish(OTHER, Inbox.text("marker"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(
                List.of("marker"), inbox.all().stream().map(Inbox.Arrival::text).toList());
    }

    @Test
    void subscribingAgainDoublesNothing() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        CompletionStage<?> first = node.subscribe(TOPIC);
        done(node.subscribe(TOPIC));
        done(first);
        done(node.subscribe(TOPIC));
        done(node.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        done(node.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        arrived(inbox, 2);
        assertEquals(List.of("a", "b"), inbox.texts(TOPIC));
    }

    @Test
    void theLastWordCountsHoweverFastSubscribeAndUnsubscribeFollowEachOther() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        for (int i = 0; i < 200; i++) {
            node.subscribe(TOPIC);
            node.unsubscribe(TOPIC);
            node.unsubscribe(OTHER);
            node.subscribe(OTHER);
        }
        done(node.subscribe(OTHER));
        done(node.publish(TOPIC, Inbox.text("not wanted"), Optional.empty()));
        done(node.publish(OTHER, Inbox.text("wanted"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(
                List.of("wanted"), inbox.all().stream().map(Inbox.Arrival::text).toList());

        done(node.subscribe(TOPIC));
        done(node.publish(TOPIC, Inbox.text("wanted again"), Optional.empty()));
        arrived(inbox, 2);
        assertEquals(List.of("wanted again"), inbox.texts(TOPIC));
    }

    @Test
    void aReceiverThatThrowsDisturbsNobody() {
        Inbox inbox = new Inbox();
        Relay failing = node(new Relay.Receiver() {
            @Override
            public void receive(Topic topic, Segment segment) {
                throw new IllegalStateException("a defect, on purpose");
            }

            @Override
            public void gap(Topic topic, Position position) {}
        });
        Relay node = node(inbox);
        done(failing.subscribe(TOPIC));
        done(node.subscribe(TOPIC));
        done(failing.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        done(failing.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        arrived(inbox, 2);
        assertEquals(List.of("a", "b"), inbox.texts(TOPIC));
    }

    @Test
    void closingFailsWhatIsUnderWayAndDeliversNothingMore() {
        Inbox inbox = new Inbox();
        Inbox othersInbox = new Inbox();
        Relay node = node(inbox);
        Relay other = node(othersInbox);
        done(node.subscribe(TOPIC));
        done(other.subscribe(TOPIC));
        assertInstanceOf(RelayStatus.Up.class, node.status());
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            sent.add(node.publish(TOPIC, Inbox.text("" + i), Optional.empty()));
        }

        node.close();

        int before = inbox.size();
        int carried = 0;
        for (CompletionStage<?> publish : sent) {
            assertTrue(publish.toCompletableFuture().isDone(), "a publish is left hanging");
            carried += publish.toCompletableFuture().isCompletedExceptionally() ? 0 : 1;
        }
        assertInstanceOf(RelayStatus.Down.class, node.status());
        failure(node.publish(TOPIC, Inbox.text("closed"), Optional.empty()));
        failure(node.subscribe(OTHER));
        node.unsubscribe(TOPIC);
        node.close();

        done(other.publish(TOPIC, Inbox.text("last"), Optional.empty()));
        Await.until("the others go on", LIMIT, () -> othersInbox.texts(TOPIC).contains("last"));
        assertEquals(before, inbox.size());
        List<String> texts = othersInbox.texts(TOPIC);
        assertTrue(texts.size() > carried, "one that was reported as carried is missing");
        assertEquals(texts.size(), new HashSet<>(texts).size());
    }
}
