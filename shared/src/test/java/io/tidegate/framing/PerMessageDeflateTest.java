package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.tidegate.testing.RawClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Negotiation of permessage-deflate, RFC 7692 section 7.1 and RFC 6455 section 9.1")
class PerMessageDeflateTest {
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static Handshake judged(String... lines) {
        Map<String, String> headers = Map.of(
                "Host", "localhost",
                "Upgrade", "websocket",
                "Connection", "Upgrade",
                "Sec-WebSocket-Version", "13",
                "Sec-WebSocket-Key", RawClient.KEY);
        return Handshake.of(
                "GET",
                "1.1",
                name -> name.equals("Sec-WebSocket-Extensions") ? List.of(lines) : List.of(headers.get(name)),
                true);
    }

    private static Optional<PerMessageDeflate> agreed(String... lines) {
        return assertInstanceOf(Handshake.Accepted.class, judged(lines)).compression();
    }

    private static Optional<String> answer(String... lines) {
        return agreed(lines).map(PerMessageDeflate::response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate; client_max_window_bits=8",
                "permessage-deflate;client_max_window_bits = \"15\"",
                "permessage-deflate; server_no_context_takeover",
                "permessage-deflate; client_no_context_takeover",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
                " , permessage-deflate ,",
                "x-webkit-deflate-frame, permessage-deflate",
                "permessage-bzip2; x=\"y\", permessage-deflate"
            })
    @DisplayName("7.1.1: whatever is said of contexts, neither side keeps one")
    void neitherSideKeepsItsContext(String offer) {
        assertEquals(Optional.of(AGREED), answer(offer));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 14, 15})
    @DisplayName("7.1.2.1: a window for what the server sends is confirmed, and bounds how far that looks back")
    void theServersWindowIsConfirmed(int bits) {
        String offer = "permessage-deflate; server_max_window_bits=" + bits;
        assertEquals(Optional.of(AGREED + "; server_max_window_bits=" + bits), answer(offer));
        assertEquals(
                bits == 15 ? Integer.MAX_VALUE : 1 << bits,
                agreed(offer).orElseThrow().longest());
        assertEquals(
                Integer.MAX_VALUE, agreed("permessage-deflate").orElseThrow().longest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "permessage-bzip2",
                "Permessage-Deflate",
                "permessage-deflate; unknown",
                "permessage-deflate; unknown=1",
                "permessage-deflate; server_no_context_takeover=1",
                "permessage-deflate; client_no_context_takeover=\"true\"",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=7",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=08",
                "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
                "permessage-deflate; client_max_window_bits=0",
                "permessage-deflate; client_max_window_bits=+9"
            })
    @DisplayName("7.1: an offer with an unknown or repeated parameter, or a bad value, is declined")
    void aBadOfferIsDeclined(String offer) {
        assertEquals(Optional.empty(), answer(offer));
    }

    @Test
    @DisplayName("7.1: the first offer that can be accepted is, in one line or in several")
    void theFirstGoodOfferIsTaken() {
        String bad = "permessage-deflate; server_max_window_bits=7";
        String good = "permessage-deflate; server_max_window_bits=9";
        String last = "permessage-deflate";
        Optional<String> expected = Optional.of(AGREED + "; server_max_window_bits=9");
        assertEquals(expected, answer(bad + ", " + good + ", " + last));
        assertEquals(expected, answer(bad, good, last));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "permessage-deflate;",
                "permessage-deflate; ;x",
                "permessage deflate",
                "permessage-deflate; x=",
                "permessage-deflate; x=\"\"",
                "permessage-deflate; x=\"a",
                "permessage-deflate; x=a b",
                "permessage-deflate; =1",
                "; x"
            })
    @DisplayName("RFC 6455, 9.1: a header that is malformed fails the handshake")
    void aMalformedHeaderFailsTheHandshake(String header) {
        assertEquals(new Handshake.Refused(400, Map.of(), "Sec-WebSocket-Extensions is malformed"), judged(header));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "permessage-deflate; client_max_window_bits=\"1\\5\"|true",
                "x; y=\"\\a\\b\"|true",
                "x; y=\"a\\\\\\b\"|false",
                "x; y=\"a\\\"|false",
                "x; y=\"\\\"|false",
                "x; y=\"a\"\"|false"
            })
    @DisplayName("RFC 6455, 9.1: a quoted value is a token, of which a backslash may stand before any character")
    void aQuotedValueIsAToken(String header, boolean good) {
        assertEquals(good, judged(header) instanceof Handshake.Accepted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\\a", " ;", ", ", "a=", "\""})
    @DisplayName("RFC 6455, 9.1: a header is judged in a time that grows with its length alone")
    void aLongHeaderIsJudgedAtOnce(String repeated) {
        String header = "x; y=\"" + repeated.repeat(16_000 / repeated.length());
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertInstanceOf(Handshake.Refused.class, judged(header));
            assertInstanceOf(Handshake.class, judged(header + "\""));
        });
    }

    @Test
    @DisplayName("RFC 6455, 4.2.2: the response says what was agreed")
    void theResponseSaysWhatWasAgreed() {
        String response = new String(
                Handshake.response(
                        new Handshake.Accepted("accept", Optional.of(new PerMessageDeflate(15, false))),
                        Optional.of("tidegate.v1")),
                US_ASCII);
        assertEquals(
                List.of(
                        "HTTP/1.1 101 Switching Protocols",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Accept: accept",
                        "Sec-WebSocket-Protocol: tidegate.v1",
                        "Sec-WebSocket-Extensions: " + AGREED),
                response.lines().filter(line -> !line.isEmpty()).toList());
    }
}
