package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ServerFrames;
import io.tidegate.testing.TwoThreads;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameBatchTest {

    /** RFC 6455, section 5.2: the shortest form of the length, the highest bit of a frame's first byte, no mask. */
    @ParameterizedTest
    @CsvSource({
        "0,8100",
        "1,8101",
        "125,817d",
        "126,817e007e",
        "65535,817effff",
        "65536,817f0000000000010000",
        "100000,817f00000000000186a0"
    })
    void theHeaderIsTheShortestOne(int length, String header) {
        byte[] bytes = FrameBatch.of(Opcode.TEXT, new byte[length]).bytes();
        int size = header.length() / 2;
        assertEquals(header, HexFormat.of().formatHex(bytes, 0, size));
        assertEquals(size + length, bytes.length);
    }

    @Test
    void theRfcsOwnExampleIsFramedAsThere() {
        assertEquals(
                "810548656c6c6f",
                HexFormat.of()
                        .formatHex(FrameBatch.of(Opcode.TEXT, "Hello".getBytes(UTF_8))
                                .bytes()));
    }

    @Test
    void aThreadThatNeedsTheFramesCompressedWhileAnotherCompressesThemGetsTheSame() throws Exception {
        TwoThreads threads = new TwoThreads();
        FrameBatch batch = FrameBatch.of(Opcode.TEXT, new byte[300]);
        PayloadCompression toOneByte = (in, from, length, out, to) -> {
            threads.hold();
            return 1;
        };
        List<FrameBatch.Compressed> both = threads.both(() -> batch.compressed(toOneByte));
        assertSame(both.getFirst(), both.getLast());
        assertEquals(300, both.getFirst().longest());
    }

    @Test
    void severalMessagesBecomeOneBatchInOrder() {
        FrameBatch batch = FrameBatch.of(List.of(
                new Message(Opcode.TEXT, "a".getBytes(UTF_8)),
                new Message(Opcode.BINARY, new byte[300]),
                new Message(Opcode.TEXT, new byte[0])));
        assertEquals(3, batch.frames());
        List<ServerFrames.Frame> frames = ServerFrames.parse(batch.bytes());
        assertEquals("a", frames.get(0).text());
        assertEquals(300, frames.get(1).payload().length);
        assertEquals(Opcode.BINARY, frames.get(1).opcode());
        assertEquals(0, frames.get(2).payload().length);
    }

    @Test
    void joiningKeepsOrderAndCount() {
        FrameBatch a = FrameBatch.of(Opcode.PING, new byte[0]);
        FrameBatch b = FrameBatch.of(new ServerFrame.Heartbeat(5));
        FrameBatch joined = FrameBatch.join(List.of(a, b));
        assertEquals(2, joined.frames());
        assertEquals(a.length() + b.length(), joined.length());
        assertArrayEquals(a.bytes(), Arrays.copyOf(joined.bytes(), a.length()));
        assertSame(a, FrameBatch.join(List.of(a)));
    }

    /** RFC 6455, section 5.5: 125 bytes at most; section 5.5.1: the reason is UTF-8. */
    @Test
    void aLongCloseReasonIsCutBetweenCharacters() {
        FrameBatch close = FrameBatch.close(1012, "é".repeat(100));
        ServerFrames.Frame frame = ServerFrames.parse(close.bytes()).getFirst();
        assertEquals(1012, frame.closeCode());
        assertEquals("é".repeat(61), frame.closeReason());
        assertTrue(frame.payload().length <= 125);
        assertEquals(
                "ok",
                ServerFrames.parse(FrameBatch.close(1000, "ok").bytes())
                        .getFirst()
                        .closeReason());
    }

    @Test
    void serverFramesAreJsonOfTheContract() {
        Topic tea = new Topic("tea");
        Position position = new Position("k3x9f2", 42);
        MessageId id = new MessageId("\"ann-1\"");
        assertEquals("{\"type\":\"heartbeat\",\"timestamp\":17}", text(new ServerFrame.Heartbeat(17)));
        assertEquals(
                "{\"type\":\"server-shutdown\",\"message\":\"Server restarting, please reconnect\","
                        + "\"reconnectAfterMs\":1200}",
                text(new ServerFrame.ServerShutdown(1200)));
        assertEquals(
                "{\"type\":\"error\",\"code\":\"rate-limited\",\"message\":\"a \\\"b\\\"\"}",
                text(new ServerFrame.ErrorFrame(ErrorCode.RATE_LIMITED, "a \"b\"", ClientFrame.About.NOTHING)));
        assertEquals(
                "{\"type\":\"error\",\"code\":\"invalid-frame\",\"message\":\"m\",\"answers\":\"publish\",\"id\":\"ann-1\",\"topic\":\"tea\"}",
                text(new ServerFrame.ErrorFrame(
                        ErrorCode.INVALID_FRAME,
                        "m",
                        new ClientFrame.About(Optional.of("publish"), Optional.of(id), Optional.of("tea")))));
        assertEquals(
                "{\"type\":\"ack\",\"id\":\"ann-1\",\"topic\":\"tea\",\"position\":\"k3x9f2-42\"}",
                text(new ServerFrame.Ack(id, tea, position)));
        assertEquals(
                "{\"type\":\"subscribed\",\"topic\":\"tea\",\"position\":\"k3x9f2-42\",\"recovered\":false}",
                text(new ServerFrame.Subscribed(tea, position, false)));
        assertEquals(
                "{\"type\":\"unsubscribed\",\"topic\":\"tea\",\"position\":\"k3x9f2-42\",\"recovered\":true}",
                text(new ServerFrame.Unsubscribed(tea, position)));
        assertEquals("{\"type\":\"pong\"}", text(new ServerFrame.Pong()));
        assertEquals(
                "{\"type\":\"welcome\",\"connection\":\"c-7\",\"node\":\"pod-1\",\"heartbeatMs\":30000,"
                        + "\"limits\":{\"message\":65536,\"topics\":128,\"queue\":1048576,\"rate\":0}}",
                text(new ServerFrame.Welcome(
                        "c-7",
                        "pod-1",
                        30_000,
                        new ServerFrame.Limits(65_536, 128, 1_048_576, 0),
                        Optional.empty(),
                        OptionalLong.empty())));
        assertTrue(text(new ServerFrame.Welcome(
                        "c-7",
                        "pod-1",
                        30_000,
                        new ServerFrame.Limits(65_536, 128, 1_048_576, 0),
                        Optional.of("ann"),
                        OptionalLong.of(60_000)))
                .endsWith("\"rate\":0},\"user\":\"ann\",\"expiresInMs\":60000}"));
    }

    private static String text(ServerFrame frame) {
        return ServerFrames.parse(FrameBatch.of(frame).bytes()).getFirst().text();
    }
}
