package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.BadRequestException;
import io.helidon.webserver.CloseConnectionException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks in the calls by which Helidon reads them, however the bytes arrive. */
class RequestReaderTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000, 100_000})
    void aBodyIsItsChunksAndWhatFollowsIsLeft(int atOnce) {
        String large = "x".repeat(40_000);
        String body = "2;name=\"value\"\r\nab\r\n9C40\r\n" + large + "\r\n0001\r\nc\r\n0\r\n\r\nnext";
        RequestReader reader = new RequestReader(arriving(body, atOnce));
        assertEquals("ab" + large + "c", body(reader));
        assertEquals("next", reader.readAsciiString(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GE\u00ff / HTTP/1.1", " / HTTP/1.1", "G(T / HTTP/1.1", "GET\t/ / HTTP/1.1"})
    void aMethodIsAToken(String line) throws DataReader.IncorrectNewLineException {
        RequestReader reader = new RequestReader(arriving(line + "\r\n\r\n", 1000));
        int end = reader.findNewLine(100);
        assertThrows(BadRequestException.class, () -> reader.readBytes(end));
    }

    @Test
    void onlyTheFirstLineOfARequestHasAMethod() throws DataReader.IncorrectNewLineException {
        RequestReader reader = new RequestReader(arriving("GET / HTTP/1.1\r\na, b\r\ne: f\r\n\r\n(c d\r\n", 1000));
        assertEquals(14, reader.readBytes(reader.findNewLine(100)).length);
        reader.skip(2);
        assertEquals(4, reader.readBytes(reader.findNewLine(100)).length);
        reader.skip(2);
        // As Helidon reads headers.
        assertEquals("e: f", reader.readAsciiString(reader.findNewLine(100)));
        reader.skip(2);
        assertTrue(reader.startsWithNewLine());
        reader.skip(2);
        // As the first bytes of a WebSocket are read.
        assertEquals(6, reader.readBytes(6).length);
    }

    @Test
    void aChunkOfGigabytesTakesNoMoreThanAPiece() {
        RequestReader reader = new RequestReader(arriving("fffffffff\r\n" + "x".repeat(50_000), 50_000));
        for (int i = 0; i < 3; i++) {
            int piece = Integer.parseInt(reader.readLine(), 16);
            assertEquals(16 << 10, piece);
            reader.readBuffer(piece);
            reader.skip(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1\r\n",
                "+1\r\na\r\n",
                "0x1\r\na\r\n",
                "\r\n",
                ";a\r\n",
                " 1\r\na\r\n",
                "1\na\r\n",
                "1\ra\r\n",
                "ffffffffffffffff\r\n",
                "1\r\nab\r\n0\r\n\r\n",
                "1\r\na0\r\n\r\n",
                "1\r\na\n0\r\n\r\n",
                "0\r\nA: b\r\n\r\n",
                "1;\0\r\na\r\n"
            })
    void whatIsNoChunkIsABadRequest(String body) {
        assertThrows(BadRequestException.class, () -> body(new RequestReader(arriving(body, 3))));
    }

    @Test
    void aLineWithoutAnEndIsNotGathered() {
        int[] pulled = {0};
        RequestReader reader = new RequestReader(() -> {
            pulled[0]++;
            return "1".repeat(100).getBytes(ISO_8859_1);
        });
        assertThrows(BadRequestException.class, () -> body(reader));
        assertTrue(pulled[0] <= 4, () -> pulled[0] + " times 100 bytes");
    }

    @Test
    void whoLeavesEndsTheConnectionAndNothingElse() {
        assertThrows(CloseConnectionException.class, () -> body(new RequestReader(arriving("5\r\nab", 2))));
        RequestReader reset = new RequestReader(() -> {
            throw new UncheckedIOException(new SocketException("reset"));
        });
        assertThrows(CloseConnectionException.class, () -> reset.findNewLine(100));
    }

    /** As Helidon reads it. */
    private static String body(RequestReader reader) {
        StringBuilder body = new StringBuilder();
        while (true) {
            int length = Integer.parseInt(reader.readLine(), 16);
            if (length == 0) {
                assertEquals("", reader.readLine());
                return body.toString();
            }
            byte[] piece = new byte[length];
            reader.readBuffer(length).read(piece);
            body.append(new String(piece, ISO_8859_1));
            reader.skip(2);
        }
    }

    private static java.util.function.Supplier<byte[]> arriving(String text, int atOnce) {
        byte[] all = text.getBytes(ISO_8859_1);
        var pieces = IntStream.iterate(0, at -> at < all.length, at -> at + atOnce)
                .mapToObj(at -> Arrays.copyOfRange(all, at, Math.min(all.length, at + atOnce)))
                .iterator();
        return () -> {
            if (!pieces.hasNext()) {
                throw new DataReader.InsufficientDataAvailableException();
            }
            return pieces.next();
        };
    }
}
