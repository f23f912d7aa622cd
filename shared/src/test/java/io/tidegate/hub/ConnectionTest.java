package io.tidegate.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.access.Identity;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import io.tidegate.testing.ServerFrames.Frame;
import java.net.InetAddress;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionTest {

    @Test
    void aHeartbeatAndAPingGoOutAtEveryInterval() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "10s", "tidegate.idle", "60s"))) {
            Client ann = fixture.connect();
            fixture.pass(Duration.ofSeconds(9));
            fixture.pass(Duration.ofSeconds(1));
            List<Frame> frames = awaitFrames(ann, 2);
            assertEquals(
                    "{\"type\":\"heartbeat\",\"timestamp\":" + fixture.clock.epochMillis() + "}",
                    frames.get(0).text());
            assertEquals(Opcode.PING, frames.get(1).opcode());

            fixture.hub.tick();
            fixture.pass(Duration.ofSeconds(10));
            assertEquals(4, awaitFrames(ann, 4).size());
        }
    }

    @Test
    void aSilentPeerIsClosedAndThenCut() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "30s", "tidegate.idle", "31s"))) {
            Client silent = fixture.connect();
            Client alive = fixture.connect();
            fixture.pass(Duration.ofSeconds(20));
            alive.connection().pong();
            fixture.pass(Duration.ofSeconds(12));

            assertEquals(1011, awaitClose(silent).closeCode());
            assertFalse(alive.connection().closing());
            assertFalse(silent.transport().aborted());

            fixture.pass(Duration.ofNanos(Vitals.CLOSE_TIMEOUT_NANOS));
            assertTrue(silent.transport().aborted());
        }
    }

    @Test
    void whoIsNotReadIsNotSilent() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "30s", "tidegate.idle", "31s"))) {
            fixture.relay.holding = true;
            Client ann = fixture.connect();
            while (ann.connection().mayBeRead()) {
                ann.connection().take(new Message(Opcode.TEXT, "hello".getBytes(UTF_8)));
            }

            fixture.pass(Duration.ofSeconds(60));
            List.copyOf(fixture.relay.unanswered).forEach(answer -> answer.complete(Position.NONE));
            fixture.pass(Duration.ofSeconds(20));

            assertFalse(ann.connection().closing());
        }
    }

    @Test
    void whoDoesNotReadWhatItIsSentIsSilentThoughItIsNotRead() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "10s", "tidegate.idle", "31s"))) {
            fixture.relay.holding = true;
            Client ann = fixture.connect();
            ann.transport().block();
            while (ann.connection().mayBeRead()) {
                ann.connection().take(new Message(Opcode.TEXT, "hello".getBytes(UTF_8)));
            }
            fixture.pass(Duration.ofSeconds(60));
            assertTrue(ann.connection().closing());
        }
    }

    @Test
    void whoTakesNoByteIsClosedThoughItIsNotSilent() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "10s", "tidegate.idle", "31s"))) {
            Client ann = fixture.connect();
            ann.transport().block();
            for (int i = 0; i < 12 && !ann.connection().closing(); i++) {
                fixture.pass(Duration.ofSeconds(5));
                ann.connection().pong();
            }
            assertTrue(ann.connection().closing());
            assertEquals(1, fixture.metrics.slowConsumers().value());
            fixture.pass(Duration.ofSeconds(6));
            assertTrue(ann.transport().aborted());
        }
    }

    @Test
    void whoReadsHoweverSlowlyStays() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "10s", "tidegate.idle", "31s"))) {
            Client ann = fixture.connect();
            ann.transport().block();
            for (int i = 0; i < 24; i++) {
                fixture.pass(Duration.ofSeconds(5));
                ann.connection().pong();
                ann.transport().takeOne();
            }
            assertFalse(ann.connection().closing());
        }
    }

    @Test
    void aPingIsAnsweredWithItsPayload() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect();
            ann.connection().ping(new byte[] {'x'});
            Frame pong = awaitFrames(ann, 1).getFirst();
            assertEquals(Opcode.PONG, pong.opcode());
            assertEquals("x", pong.text());
        }
    }

    @Test
    void aCloseIsEchoedAfterAllThatWaited() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect();
            ann.connection().ping(new byte[] {'1'});
            ann.connection().ping(new byte[] {'2'});
            ann.connection().closedByPeer(3000);
            ann.connection().ended();
            List<Frame> frames = ann.transport().frames();
            assertEquals(
                    List.of("1", "2"),
                    frames.subList(0, 2).stream().map(Frame::text).toList());
            assertEquals(3000, frames.getLast().closeCode());
            awaitClosed(fixture, 3000);
        }
    }

    @Test
    void aCloseWithoutACodeIsEchoedWithoutOne() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect();
            ann.connection().closedByPeer(1005);
            ann.connection().ended();
            assertEquals(0, ann.transport().frames().getLast().payload().length);
            awaitClosed(fixture, 1005);
        }
    }

    @Test
    void whatWasSentBeforeThePeerSawOurCloseIsStillPublished() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client leaving = fixture.connect();
            Client other = fixture.connect();
            leaving.connection().close(CloseCode.RESTART, "restart");
            leaving.says("on its way");
            Await.until("it arrives", () -> other.transport().texts().contains("on its way"));
            leaving.connection().closedByPeer(1012);
            assertEquals(1, leaving.transport().frames().size());
        }
    }

    @Test
    void aVanishedPeerIsOffTheBooksAtOnce() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect();
            assertEquals(1, fixture.hub.admission().open());
            ann.connection().ended();
            ann.connection().ended();
            assertEquals(0, fixture.hub.admission().open());
            assertTrue(fixture.hub.connections().isEmpty());
            awaitClosed(fixture, 1006);
        }
    }

    @Test
    void aSlowConsumerIsClosedWithoutDelayingOthers() throws InterruptedException {
        try (HubFixture fixture =
                new HubFixture(Map.of("tidegate.limits.queue", "64KiB", "tidegate.limits.message", "16KiB"))) {
            Client slow = fixture.connect();
            Client quick = fixture.connect();
            slow.transport().block();
            String message = "x".repeat(10_000);
            for (int i = 0; i < 20; i++) {
                quick.says(message);
                int sent = i + 1;
                Await.until("message " + sent, () -> quick.transport().texts().size() == sent);
            }
            Await.until("it is closed", slow.connection()::closing);
            assertEquals(1, fixture.metrics.slowConsumers().value());
            assertTrue(fixture.hub.queuedBytes() <= 64 * 1024);

            slow.transport().unblock();
            Frame last = awaitClose(slow);
            assertEquals(1013, last.closeCode());
            slow.connection().ended();
            awaitClosed(fixture, 1013);
        }
    }

    @Test
    void badInputGetsOneErrorAndTheConnectionGoesOn() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect(Wire.PLAIN, Topic.DEFAULT_CHAT);
            Client ben = fixture.connect(Wire.PLAIN, Topic.DEFAULT_CHAT);
            ann.says("nonsense");
            ann.says("{\"message\":\"hi\"}");
            assertEquals(2, awaitFrames(ann, 2).size());
            assertTrue(ann.transport().texts().getFirst().contains("\"code\":\"invalid-json\""));
            assertEquals(1, awaitFrames(ben, 1).size());
        }
    }

    @Test
    void aPublisherLearnsThatTheRelayIsDown() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect();
            fixture.relay.down = true;
            ann.says("lost?");
            assertTrue(awaitFrames(ann, 1).getFirst().text().contains("\"code\":\"relay-unavailable\""));
            fixture.relay.down = false;
            ann.says("found");
            assertEquals("found", awaitFrames(ann, 2).getLast().text());
        }
    }

    @Test
    void tooManyUnansweredPublishesHoldTheReaderBack() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client ann = fixture.connect();
            fixture.relay.holding = true;
            Thread reader = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        ann.says("m");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Await.until("the reader waits", () -> reader.getState() == Thread.State.WAITING);
            assertEquals(64, fixture.relay.unanswered.size());
            List.copyOf(fixture.relay.unanswered).forEach(answer -> answer.complete(Position.NONE));
            Await.until("the rest", () -> fixture.relay.unanswered.size() == 100);
        }
    }

    @Test
    void aPeerAboveItsRateIsToldAndAtLastClosed() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.limits.rate", "20"))) {
            Client ann = fixture.connect();
            for (int i = 0; i < 25; i++) {
                ann.says("m" + i);
            }
            assertEquals(25, awaitFrames(ann, 25).size());
            assertEquals(
                    5,
                    ann.transport().texts().stream()
                            .filter(text -> text.contains("\"code\":\"rate-limited\""))
                            .count());
            fixture.clock.advance(Duration.ofSeconds(2));
            ann.says("within the rate again");
            assertFalse(ann.connection().closing());
            for (int i = 0; i < 100; i++) {
                ann.says("x");
            }
            assertEquals(1008, awaitClose(ann).closeCode());
        }
    }

    @Test
    void aPeerThatIsAnsweredIsReadNoFasterThanItsRate() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.limits.rate", "20", "tidegate.idle", "1m"))) {
            Client ann = fixture.connectFull();
            int read = 0;
            for (int tick = 0; tick < 10 * 20; tick++) {
                for (; ann.connection().mayBeRead(); read++) {
                    ann.connection().take(text("{\"type\":\"ping\"}"));
                }
                fixture.pass(Duration.ofMillis(50));
            }
            assertEquals(20 + 10 * 20, read, 1);
            assertFalse(ann.connection().closing());
        }
    }

    @Test
    void theReadingThreadGoesOnWhenItsPeerMaySendAgain() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.limits.rate", "20"))) {
            Client ann = fixture.connectFull();
            AtomicInteger read = new AtomicInteger();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 22; i++) {
                        ann.says("{\"type\":\"ping\"}");
                        read.incrementAndGet();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            for (int expected : List.of(19, 20, 21)) {
                Await.until(
                        "the reader waits", () -> read.get() == expected && reader.getState() == Thread.State.WAITING);
                fixture.pass(Duration.ofMillis(50));
            }
            reader.join();
            assertEquals(22, read.get());
        }
    }

    private static Message text(String text) {
        return new Message(Opcode.TEXT, text.getBytes(UTF_8));
    }

    @Test
    void aConnectionThatFailsInTheTickCostsNobodyElseHisHeartbeat() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "10s", "tidegate.idle", "60s"))) {
            Connection broken = fixture.hub.begin(new Unabortable(), peer(fixture, List.of(Topic.BROADCAST)));
            broken.opened();
            Client ann = fixture.connect();
            broken.close(CloseCode.RESTART, "restart");
            ann.connection().pong();
            fixture.pass(Duration.ofSeconds(10));
            assertEquals(2, awaitFrames(ann, 2).size(), "a heartbeat and a ping");
        }
    }

    /** A socket whose end fails. */
    private static final class Unabortable implements Transport {
        @Override
        public int writeNow(byte[] bytes) {
            return bytes.length;
        }

        @Override
        public void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done) {
            throw new IllegalStateException("all is taken at once");
        }

        @Override
        public long restTaken() {
            return 0;
        }

        @Override
        public void abort() {
            throw new IllegalStateException("a defect");
        }
    }

    @Test
    void aConnectionThatCannotBeOpenedLeavesNothingBehind() {
        try (HubFixture fixture = new HubFixture()) {
            List<Topic> defective = new AbstractList<>() {
                @Override
                public Topic get(int index) {
                    throw new IllegalStateException("a defect");
                }

                @Override
                public int size() {
                    throw new IllegalStateException("a defect");
                }
            };
            Peer peer = new Peer(Wire.FULL, defective, peer(fixture, List.of()).permit(), Identity.OPEN);
            assertThrows(IllegalStateException.class, () -> fixture.hub.open(new Unabortable(), peer));
            assertEquals(0, fixture.hub.admission().open());
            assertTrue(fixture.hub.connections().isEmpty());
        }
    }

    private static Peer peer(HubFixture fixture, List<Topic> topics) {
        Admission.Permit permit = (Admission.Permit)
                fixture.hub.admission().admit(null, InetAddress.getLoopbackAddress(), List.of(), false);
        return new Peer(Wire.BROADCAST, topics, permit, Identity.OPEN);
    }

    /** The node stood still, not its peers: what they sent meanwhile lies in their sockets. */
    @Test
    void aNodeThatWasPausedClosesNobodyForItsOwnSilence() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(Map.of("tidegate.heartbeat", "1s", "tidegate.idle", "3s"))) {
            Client ann = fixture.connect();
            fixture.pass(Duration.ofSeconds(2));
            fixture.clock.advance(Duration.ofSeconds(60));
            fixture.hub.tick();
            assertFalse(ann.connection().closing());
            fixture.pass(Duration.ofSeconds(2));
            assertEquals(1011, awaitClose(ann).closeCode(), "and then it is silent for longer than it may");
        }
    }

    private static List<Frame> awaitFrames(Client client, int count) {
        Await.until(count + " frames", () -> client.transport().frames().size() >= count);
        return client.transport().frames();
    }

    private static void awaitClosed(HubFixture fixture, int code) {
        Await.until(
                "off the books with " + code,
                () -> fixture.metrics.connectionsClosed(code).value() == 1);
    }

    private static Frame awaitClose(Client client) {
        Await.until(
                "a close frame",
                () -> client.transport().frames().stream().anyMatch(frame -> frame.opcode() == Opcode.CLOSE));
        return client.transport().frames().getLast();
    }
}
