package io.tidegate.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Opcode;
import io.tidegate.testing.Await;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.Deflate;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerFrames.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** permessage-deflate (RFC 7692) as seen from outside. The reader's and the batches' own tests go deeper. */
abstract class CompressionContract extends OneServer {
    static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private static final int RSV1 = 4;
    private static final int LIMIT = 64 << 10;

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.compression", "true", "tidegate.limits.message", "64KiB");
    }

    private static byte[] json(int length) {
        String text = "{\"type\":\"quote\",\"symbol\":\"ACME\",\"bid\":12.5,\"ask\":12.75}".repeat(length / 50 + 1);
        return Arrays.copyOf(text.getBytes(UTF_8), length);
    }

    private static byte[] compressed(byte[] payload) {
        return ClientFrames.frame(Opcode.TEXT, payload).reserved(RSV1).bytes();
    }

    private static Frame await(RawClient client, Opcode opcode) {
        Frame frame = client.frame();
        while (frame.opcode() != opcode) {
            assertEquals(Opcode.PING, frame.opcode(), frame::toString);
            frame = client.frame();
        }
        return frame;
    }

    /** Of the close frame, whatever messages come before it. */
    private static int closeCode(RawClient client) {
        Frame frame = client.frame();
        while (frame.opcode() != Opcode.CLOSE) {
            frame = client.frame();
        }
        return frame.closeCode();
    }

    private RawClient connect(String path, String... headers) {
        return RawClient.connect(server.port(), path, headers);
    }

    /** Sections 7.1.1 and 7.1.2: what is agreed, and what is declined without harm. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permessage-deflate | " + AGREED,
                "permessage-deflate; client_no_context_takeover; server_no_context_takeover | " + AGREED,
                "permessage-deflate; server_max_window_bits=10 | " + AGREED + "; server_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=7, permessage-deflate | " + AGREED,
                "permessage-deflate; unknown=1 |",
                "permessage-deflate; server_max_window_bits=16 |",
                "permessage-bzip2 |"
            })
    void anOfferIsAnsweredAsRfc7692Says(String offer, String answer) {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Response response = client.handshake("/", "Sec-WebSocket-Extensions: " + offer);
            assertEquals(101, response.status());
            assertEquals(answer == null ? "" : answer, response.header("Sec-WebSocket-Extensions"));
            client.send(ClientFrames.text("hello"));
            assertEquals("hello", await(client, Opcode.TEXT).text());
        }
    }

    /** RFC 6455, section 9.1. */
    @Test
    void aMalformedOfferIsABadRequest() {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Response response = client.handshake("/", "Sec-WebSocket-Extensions: permessage-deflate; =");
            assertEquals(400, response.status());
            assertEquals(
                    "Sec-WebSocket-Extensions is malformed", response.body().strip());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 199, 200, 1_000, 65_536})
    void messagesOfEveryLengthComeBackAsTheyWere(int length) {
        byte[] payload = json(length);
        try (RawClient client = connect("/", OFFER)) {
            client.send(compressed(Deflate.deflate(payload)));
            Frame frame = await(client, Opcode.TEXT);
            assertArrayEquals(payload, frame.payload());
            assertEquals(length >= 200, frame.compressed());
        }
    }

    /** Section 6.1: one context for a message, whatever stands between its fragments. */
    @Test
    void fragmentsAreInflatedTogetherAndControlFramesMayStandBetween() {
        byte[] payload = json(5_000);
        byte[] deflated = Deflate.deflate(payload);
        byte[][] fragments = ClientFrames.fragments(Opcode.TEXT, deflated, 1, 20, deflated.length);
        fragments[0][0] |= 0x40;
        try (RawClient client = connect("/", OFFER)) {
            for (byte[] fragment : fragments) {
                client.send(ClientFrames.ping("between"));
                assertEquals("between", await(client, Opcode.PONG).text());
                client.send(fragment);
            }
            assertArrayEquals(payload, await(client, Opcode.TEXT).payload());
        }
    }

    /** Each gets it in its own way, and all get the same. */
    @Test
    void aMessageIsCompressedForWhoTakesItSo() {
        try (RawClient widest = connect("/", OFFER);
                RawClient narrow = connect("/", OFFER.replace("client_", "server_") + "=9");
                RawClient plain = connect("/")) {
            for (int length : new int[] {100, 400, 4_000}) {
                byte[] payload = json(length);
                plain.send(ClientFrames.text(new String(payload, UTF_8)));
                List<Boolean> compressed = new ArrayList<>();
                for (RawClient client : List.of(widest, narrow, plain)) {
                    Frame frame = await(client, Opcode.TEXT);
                    assertArrayEquals(payload, frame.payload());
                    compressed.add(frame.compressed());
                }
                assertEquals(List.of(length >= 200, length >= 200 && length <= 512, false), compressed);
            }
        }
    }

    /** What was missed is compressed, too: it is the most that a client gets at once. */
    @Test
    void whatWasMissedComesCompressed() {
        String message = new String(json(1_000), UTF_8).replace('"', '\'');
        try (FullClient ann = FullClient.connect(server.port(), "?topic=missed", OFFER, FULL);
                FullClient ben = FullClient.connect(server.port(), "", OFFER, FULL)) {
            String seen = ann.expect("subscribed").position();
            for (int i = 0; i < 50; i++) {
                ann.publishHere("missed", i + message, "id-" + i);
            }
            ben.resume("missed", seen);
            ben.expect("subscribed");
            for (int i = 0; i < 50; i++) {
                Frame frame = await(ben.raw(), Opcode.TEXT);
                assertTrue(frame.compressed());
                assertTrue(frame.text().contains("\"message\":\"" + i + message), frame::text);
            }
        }
    }

    static Stream<Arguments> violations() {
        byte[] hello = Deflate.deflate("hello".getBytes(UTF_8));
        return Stream.of(
                Arguments.of(
                        "on a ping",
                        1002,
                        ClientFrames.frame(Opcode.PING, hello).reserved(RSV1)),
                Arguments.of(
                        "the second bit",
                        1002,
                        ClientFrames.frame(Opcode.TEXT, hello).reserved(2)),
                Arguments.of(
                        "both bits",
                        1002,
                        ClientFrames.frame(Opcode.TEXT, hello).reserved(6)),
                Arguments.of(
                        "no DEFLATE stream",
                        1007,
                        ClientFrames.frame(Opcode.TEXT, new byte[] {-1, -1, -1, -1})
                                .reserved(RSV1)),
                Arguments.of(
                        "no UTF-8",
                        1007,
                        ClientFrames.frame(Opcode.TEXT, Deflate.deflate(new byte[] {-1}))
                                .reserved(RSV1)),
                Arguments.of(
                        "one byte too many",
                        1009,
                        ClientFrames.frame(Opcode.TEXT, Deflate.deflate(json(LIMIT + 1)))
                                .reserved(RSV1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void aViolationEndsItsSendersConnection(String name, int code, ClientFrames.Frame frame) {
        try (RawClient client = connect("/", OFFER)) {
            client.send(frame.bytes());
            assertEquals(code, client.closed().closeCode());
        }
    }

    /** Section 6.1: on the first frame alone. */
    @Test
    void theBitOnAContinuationIsAViolation() {
        byte[][] fragments = ClientFrames.fragments(Opcode.TEXT, Deflate.deflate(json(500)), 10);
        fragments[0][0] |= 0x40;
        fragments[1][0] |= 0x40;
        try (RawClient client = connect("/", OFFER)) {
            client.send(fragments[0]);
            client.send(fragments[1]);
            assertEquals(1002, client.closed().closeCode());
        }
    }

    /** 64 MiB in 64 KiB, from twenty at once: each loses its connection, and a good client notices nothing. */
    @Test
    void aBombCostsItsSenderTheConnectionAndNobodyElseAnything() {
        byte[] bomb = compressed(Deflate.deflate(new byte[64 << 20]));
        List<RawClient> attackers = new ArrayList<>();
        try (RawClient good = connect("/", OFFER)) {
            for (int i = 0; i < 20; i++) {
                attackers.add(connect("/", OFFER));
            }
            attackers.forEach(attacker -> attacker.send(bomb));
            for (int i = 0; i < 20; i++) {
                good.send(compressed(Deflate.deflate(json(1_000))));
                assertArrayEquals(json(1_000), await(good, Opcode.TEXT).payload());
            }
            attackers.forEach(attacker -> assertEquals(1009, closeCode(attacker)));
        } finally {
            attackers.forEach(RawClient::close);
        }
        assertEquals(200, server.get("/health/live").statusCode());
        assertFalse(server.output().contains("OutOfMemory"), server::output);
    }

    @Test
    void bytesAreCountedBeforeAndAfter() {
        String sent = "websocket_compression_sent_bytes_total";
        String received = "websocket_compression_received_bytes_total";
        String plain = "form=\"plain\"";
        String deflated = "form=\"deflated\"";
        List<Double> before = List.of(
                server.metric(sent, plain),
                server.metric(sent, deflated),
                server.metric(received, plain),
                server.metric(received, deflated));
        byte[] payload = json(10_000);
        byte[] message = Deflate.deflate(payload);
        try (RawClient client = connect("/", OFFER)) {
            client.send(compressed(message));
            await(client, Opcode.TEXT);
        }
        Await.until("counted", () -> server.metric(received, plain) - before.get(2) >= payload.length);
        assertTrue(server.metric(sent, plain) - before.get(0) >= payload.length);
        double onTheWire = server.metric(sent, deflated) - before.get(1);
        assertTrue(onTheWire > 0 && onTheWire < payload.length / 5.0, onTheWire + " bytes");
        assertTrue(server.metric(received, deflated) - before.get(3) >= message.length);
    }
}
