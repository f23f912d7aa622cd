package io.tidegate.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Opcode;
import io.tidegate.testing.Await;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerFrames.Frame;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 as seen from outside: frames in, frames out, and the end of TCP. The reader's own tests go deeper. */
abstract class FramingContract extends OneServer {

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.limits.message", "64KiB");
    }

    /** Section 5.2: all three forms of the length. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536})
    void messagesOfEveryLengthComeBackAsTheyWere(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            client.send(ClientFrames.binary(payload));
            Frame frame = await(client, Opcode.BINARY);
            assertArrayEquals(payload, frame.payload());
        }
    }

    /** A client may send frames before it has the answer to its handshake, and go on after it. */
    @Test
    void framesThatComeWithTheHandshakeAreTheFirst() {
        byte[] handshake = String.join(
                        "\r\n",
                        "GET / HTTP/1.1",
                        "Host: localhost",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Key: " + RawClient.KEY,
                        "Sec-WebSocket-Version: 13",
                        "",
                        "")
                .getBytes(UTF_8);
        byte[] later = ClientFrames.ping("across");
        try (RawClient client = new RawClient(server.port())) {
            client.send(ClientFrames.join(handshake, ClientFrames.ping("early"), Arrays.copyOf(later, 5)));
            assertEquals(101, client.response().status());
            assertEquals("early", await(client, Opcode.PONG).text());
            client.send(Arrays.copyOfRange(later, 5, later.length));
            assertEquals("across", await(client, Opcode.PONG).text());
        }
    }

    /** Section 5.4: fragments are joined, and control frames may stand between them. */
    @Test
    void fragmentsAreJoinedAroundControlFrames() {
        byte[] text = "Grüße, 😀!".getBytes(UTF_8);
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            for (byte[] fragment : ClientFrames.fragments(Opcode.TEXT, text, 3, 8, 10)) {
                client.send(ClientFrames.ping("before"));
                assertEquals("before", await(client, Opcode.PONG).text());
                client.send(fragment);
            }
            assertArrayEquals(text, await(client, Opcode.TEXT).payload());
        }
    }

    /** What a client may not do, and how it ends. */
    static Stream<Arguments> violations() {
        byte[] hi = "hi".getBytes(UTF_8);
        return Stream.of(
                violation(
                        "5.1 not masked",
                        1002,
                        ClientFrames.frame(Opcode.TEXT, hi).unmasked().bytes()),
                violation(
                        "5.2 RSV1",
                        1002,
                        ClientFrames.frame(Opcode.TEXT, hi).reserved(4).bytes()),
                violation("5.2 opcode 3", 1002, ClientFrames.frame(3, hi).bytes()),
                violation("5.2 opcode 11", 1002, ClientFrames.frame(11, hi).bytes()),
                violation(
                        "5.2 length not shortest",
                        1002,
                        ClientFrames.frame(Opcode.TEXT, hi).length16().bytes()),
                violation(
                        "5.4 continuation without a first frame",
                        1002,
                        ClientFrames.frame(Opcode.CONTINUATION, hi).bytes()),
                violation(
                        "5.4 message inside a message",
                        1002,
                        ClientFrames.frame(Opcode.TEXT, hi).unfinished().bytes(),
                        ClientFrames.text("new")),
                violation(
                        "5.5 control frame of 126 bytes",
                        1002,
                        ClientFrames.frame(Opcode.PING, new byte[126]).bytes()),
                violation(
                        "5.5 fragmented ping",
                        1002,
                        ClientFrames.frame(Opcode.PING, hi).unfinished().bytes()),
                violation(
                        "5.5.1 half a close code",
                        1002,
                        ClientFrames.frame(Opcode.CLOSE, new byte[1]).bytes()),
                violation("7.4.1 close code 1005", 1002, ClientFrames.close(1005, "")),
                violation("7.4.1 close code 1006", 1002, ClientFrames.close(1006, "")),
                violation("7.4.2 close code 999", 1002, ClientFrames.close(999, "")),
                violation("7.4.2 close code 5000", 1002, ClientFrames.close(5000, "")),
                violation(
                        "8.1 text not UTF-8",
                        1007,
                        ClientFrames.frame(Opcode.TEXT, new byte[] {'a', (byte) 0xFF})
                                .bytes()),
                violation(
                        "8.1 text ends in a character",
                        1007,
                        ClientFrames.frame(Opcode.TEXT, new byte[] {(byte) 0xC3})
                                .bytes()),
                violation("8.1 close reason not UTF-8", 1007, ClientFrames.close(1000, new byte[] {(byte) 0xFF})),
                violation("10.4 message too large", 1009, ClientFrames.binary(new byte[65_537])),
                violation(
                        "10.4 fragments too large",
                        1009,
                        ClientFrames.frame(Opcode.BINARY, new byte[65_000])
                                .unfinished()
                                .bytes(),
                        ClientFrames.frame(Opcode.CONTINUATION, new byte[537]).bytes()),
                violation(
                        "10.4 a header that promises 2^62 bytes",
                        1009,
                        ClientFrames.frame(Opcode.BINARY, hi)
                                .announcing(1L << 62)
                                .header()));
    }

    @ParameterizedTest(name = "section {0}: {1}")
    @MethodSource("violations")
    void aViolationIsAnsweredWithItsCodeAndTheEndOfTcp(String section, int code, byte[] bytes) {
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            client.send(bytes);
            assertEquals(code, client.closed().closeCode());
        }
    }

    static Stream<Arguments> wrongCloses() {
        byte[] reserved =
                ClientFrames.frame(Opcode.TEXT, new byte[] {'a'}).reserved(4).bytes();
        return Stream.of(
                violation(
                        "a code of one byte",
                        1002,
                        ClientFrames.frame(Opcode.CLOSE, new byte[1]).bytes()),
                violation("1005", 1002, ClientFrames.close(1005, "")),
                violation("999", 1002, ClientFrames.close(999, "")),
                violation("2999", 1002, ClientFrames.close(2999, "bye")),
                violation("65535", 1002, ClientFrames.close(65_535, "")),
                violation("reason not UTF-8", 1007, ClientFrames.close(1000, new byte[] {(byte) 0xFF})),
                violation("126 bytes", 1002, ClientFrames.close(1000, "r".repeat(124))),
                violation(
                        "not masked",
                        1002,
                        ClientFrames.frame(Opcode.CLOSE, new byte[0]).unmasked().bytes()),
                violation("behind a violation", 1002, reserved, ClientFrames.close(1000, "")),
                violation("behind much more", 1002, reserved, new byte[3_000], ClientFrames.close(1001, "bye")));
    }

    /** Section 7.1.1: who has sent a close frame sends no second one, for which to wait. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongCloses")
    void aCloseFrameThatIsWrongOrFollowsAViolationEndsTcpAtOnce(String what, int code, byte[] bytes) {
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            client.send(bytes);
            assertEquals(code, await(client, Opcode.CLOSE).closeCode());
            long begun = System.nanoTime();
            client.awaitEnd();
            long millis = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(millis < 1_000, () -> "TCP ended after " + millis + " ms");
        }
    }

    /** Sections 4.2.2, 5.2 and 9.1: none is answered, so that the bit of compression means nothing. */
    @Test
    void noExtensionIsAnsweredAndItsBitIsRefused() {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Response response = client.handshake("/", "Sec-WebSocket-Extensions: permessage-deflate");
            assertEquals(101, response.status());
            assertEquals("", response.header("Sec-WebSocket-Extensions"));
            client.send(ClientFrames.frame(Opcode.TEXT, new byte[] {'a'})
                    .reserved(4)
                    .bytes());
            assertEquals(1002, client.closed().closeCode());
        }
    }

    /** Section 8.1 and 6.4 of the Autobahn suite: at once, not at the end of the frame. */
    @Test
    void badUtf8FailsBeforeTheFrameIsComplete() {
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            byte[] frame = ClientFrames.frame(Opcode.TEXT, new byte[] {'o', 'k', (byte) 0xC0, 'x', 'x', 'x'})
                    .bytes();
            client.send(java.util.Arrays.copyOf(frame, frame.length - 3));
            assertEquals(1007, client.closed().closeCode());
        }
    }

    /** Sections 5.5.1 and 7.1.1: the code is echoed, and the server is the one to close TCP. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 3000, 4999})
    void aCloseIsEchoedAndTcpEnds(int code) {
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            client.send(ClientFrames.close(code, "bye"));
            assertEquals(code, await(client, Opcode.CLOSE).closeCode());
            assertNull(client.next());
        }
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() {
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            client.send(ClientFrames.close());
            assertEquals(0, await(client, Opcode.CLOSE).payload().length);
            assertNull(client.next());
        }
    }

    /** Section 5.5.2: also in the middle of other traffic, with up to 125 bytes. */
    @Test
    void aPingIsAnsweredWithItsPayload() {
        try (RawClient client = RawClient.connect(server.port(), "/chat")) {
            String payload = "p".repeat(125);
            client.send(ClientFrames.ping(payload));
            assertEquals(payload, await(client, Opcode.PONG).text());
            client.send(ClientFrames.pong("unasked"));
            client.send(ClientFrames.ping(""));
            assertEquals("", await(client, Opcode.PONG).text());
        }
    }

    @Test
    void framesThatArriveByteByByteAreReadAllTheSame() {
        try (RawClient client = RawClient.connect(server.port(), "/")) {
            for (byte b : ClientFrames.text("slowly, 😀")) {
                client.send(new byte[] {b});
            }
            assertEquals("slowly, 😀", await(client, Opcode.TEXT).text());
        }
    }

    @Test
    void theRequestAndTheFirstFramesMayShareAPacket() {
        try (RawClient client = new RawClient(server.port())) {
            String head = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: " + RawClient.KEY + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
            client.send(ClientFrames.join(head.getBytes(UTF_8), unmasked("a (b c"), ClientFrames.text("b")));
            assertEquals(101, client.response().status());
            assertEquals("a (b c", await(client, Opcode.TEXT).text());
            assertEquals("b", await(client, Opcode.TEXT).text());
        }
    }

    /** A text whose masking key is zero, so that it lies readable in the packet. */
    private static byte[] unmasked(String text) {
        return ClientFrames.frame(Opcode.TEXT, text.getBytes(UTF_8)).key(0).bytes();
    }

    @Test
    void aVanishedClientIsOffTheGaugeWithinTwoSeconds() {
        double before = server.metric("websocket_active_connections");
        RawClient client = RawClient.connect(server.port(), "/");
        assertEquals(before + 1, server.metric("websocket_active_connections"));
        client.reset();
        Await.until(
                "it is gone",
                java.time.Duration.ofSeconds(2),
                () -> server.metric("websocket_active_connections") <= before);
    }

    private static Arguments violation(String section, int code, byte[]... frames) {
        return Arguments.of(section, code, ClientFrames.join(frames));
    }

    /** The next frame of this kind; what other tests broadcast meanwhile is passed over. */
    private static Frame await(RawClient client, Opcode opcode) {
        Frame frame = client.frame();
        while (frame.opcode() != opcode) {
            frame = client.frame();
        }
        return frame;
    }
}
