package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.tidegate.hub.Connection;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.ServerFrames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract tests cannot bring about: an endpoint that fails, and a cut at each byte. */
class WebSocketConnectionTest {
    private static final int MAX_MESSAGE = 1000;

    private final HubFixture fixture = new HubFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anEndpointThatThrowsBeforeItOpensTheQueueIsClosedWith1011() throws InterruptedException {
        assertClosedWith1011(new IllegalStateException("an endpoint of somebody's"));
    }

    @Test
    void anErrorIsNoOtherThanAnException() throws InterruptedException {
        assertClosedWith1011(new AssertionError("an endpoint of somebody's"));
    }

    /** Wherever the stream is cut, and also where each byte comes alone. */
    @Test
    void framesAreTheSameWhereverTheirBytesAreCut() throws InterruptedException {
        byte[][] fragments = ClientFrames.fragments(Opcode.TEXT, "joined".getBytes(UTF_8), 2);
        byte[] bytes = ClientFrames.join(
                ClientFrames.text("first"),
                fragments[0],
                ClientFrames.ping("between"),
                fragments[1],
                ClientFrames.binary(new byte[300]),
                ClientFrames.close(1000, "bye"));
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertRead(List.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length)));
        }
        List<byte[]> single = new ArrayList<>();
        for (byte one : bytes) {
            single.add(new byte[] {one});
        }
        assertRead(single);
    }

    /** The chunks have the messages of the test above, and its close frame. */
    private void assertRead(List<byte[]> chunks) throws InterruptedException {
        HubFixture.Client client = fixture.shakeHands(Wire.BROADCAST, Topic.BROADCAST);
        List<String> received = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        Deque<byte[]> rest = new ArrayDeque<>(chunks);
        WebSocketConnection connection = new WebSocketConnection(
                rest::poll,
                client.transport(),
                client.connection(),
                recording(client.connection(), received, ends),
                () -> {},
                new WebSocketConnection.Reading(MAX_MESSAGE, Optional.empty()));

        connection.handle(FixedLimit.create());

        String cut = "first of " + chunks.getFirst().length + " bytes";
        assertEquals(List.of("TEXT first", "TEXT joined", "BINARY " + new String(new byte[300], UTF_8)), received, cut);
        assertEquals(List.of(1000), ends, cut);
        List<ServerFrames.Frame> frames = client.transport().frames();
        assertEquals(
                List.of(Opcode.PONG, Opcode.CLOSE),
                frames.stream().map(ServerFrames.Frame::opcode).toList(),
                cut);
        assertTrue(client.transport().aborted());
    }

    private static Endpoint recording(Connection connection, List<String> received, List<Integer> ends) {
        return new Endpoint() {
            @Override
            public void opened() {
                connection.opened();
            }

            @Override
            public void receive(Message message) {
                received.add(message.opcode() + " " + new String(message.payload(), UTF_8));
            }

            @Override
            public void ended(int code) {
                ends.add(code);
            }
        };
    }

    private void assertClosedWith1011(Throwable thrown) throws InterruptedException {
        HubFixture.Client client = fixture.shakeHands(Wire.BROADCAST, Topic.BROADCAST);
        List<Integer> ends = new ArrayList<>();
        WebSocketConnection connection = new WebSocketConnection(
                WebSocketConnectionTest::unused,
                client.transport(),
                client.connection(),
                failing(thrown, ends),
                () -> {},
                new WebSocketConnection.Reading(MAX_MESSAGE, Optional.empty()));

        connection.handle(FixedLimit.create());

        List<ServerFrames.Frame> frames = client.transport().frames();
        assertEquals(1, frames.size(), frames::toString);
        assertEquals(1011, frames.getFirst().closeCode());
        assertEquals(List.of(1006), ends);
        assertTrue(client.transport().aborted());
        assertEquals(0, fixture.hub.admission().open());
    }

    private static Endpoint failing(Throwable thrown, List<Integer> ends) {
        return new Endpoint() {
            @Override
            public void opened() {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }

            @Override
            public void receive(Message message) {
                throw new AssertionError("nothing has come");
            }

            @Override
            public void ended(int code) {
                ends.add(code);
            }
        };
    }

    /** Nothing is read of a connection that does not open. */
    private static byte[] unused() {
        throw new AssertionError("nothing is read");
    }
}
