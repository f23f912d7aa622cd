package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.buffers.DataReader;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** What Helidon is given to read, for what has come. */
class OldRequestsTest {
    private static final int LIMIT = 100;

    private final Deque<String> coming = new ArrayDeque<>();
    private final OldRequests requests = new OldRequests(new DataReader(this::next), LIMIT);

    @Test
    void aRequestOfHttp10IsPutAsOneThatEndsItsConnection() {
        coming.add("GET /health HTTP/1.0\r\n\r\n");
        assertEquals("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", got());
        assertTrue(requests.old());
    }

    @Test
    void itsHostAndItsOtherHeadersStayAsTheyAre() {
        coming.add("GET / HTTP/1.0\r\nHOST: pod-7\r\nX-A: b, c\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n");
        assertEquals("GET / HTTP/1.1\r\nConnection: close\r\nHOST: pod-7\r\nX-A: b, c\r\n\r\n", got());
    }

    @Test
    void aRequestThatComesInPiecesIsTheSame() {
        "GET / HTTP/1.0\r\nHost: a\r\n\r\n".chars().forEach(letter -> coming.add(Character.toString(letter)));
        assertEquals("GET / HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n", got());
    }

    @Test
    void whereTheConnectionStaysEachOfItsRequestsIsLookedAt() {
        coming.add("GET /a HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\nGET /b HTTP/1.0\r\nHost: a\r\n");
        coming.add("\r\n");
        assertEquals("GET /a HTTP/1.1\r\nConnection: keep-alive\r\nHost: a\r\n\r\n", got());
        assertEquals("GET /b HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n", got());
    }

    @Test
    void whatFollowsTheContentIsTheNextRequest() {
        coming.add("POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\na");
        coming.add("bcdGET /b HTTP/1.0\r\nHost: a\r\n\r\n");
        assertEquals("POST / HTTP/1.1\r\nConnection: keep-alive\r\nHost: a\r\nContent-Length: 4\r\n\r\n", got());
        assertEquals("a", got());
        assertEquals("bcd", got());
        assertEquals("GET /b HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n", got());
        assertEnd();
    }

    /** RFC 9112, section 6.1: another reader may take what follows for something else. */
    @Test
    void nothingIsReadBehindChunks() {
        coming.add("""
                POST / HTTP/1.0\r
                Host: a\r
                Connection: keep-alive\r
                Content-Length: 9\r
                Transfer-Encoding: chunked\r
                \r
                0\r
                \r
                GET / HTTP/1.0\r
                \r
                """);
        assertTrue(got().startsWith("POST / HTTP/1.1\r\nConnection: close\r\n"));
        assertEnd();
    }

    @Test
    void behindItsLastRequestAConnectionEnds() {
        coming.add("GET /a HTTP/1.0\r\nHost: a\r\n\r\nGET /b HTTP/1.0\r\nHost: a\r\n\r\n");
        assertEquals("GET /a HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n", got());
        assertEnd();
    }

    @Test
    void whatIsNotHttp10GoesThroughAsItCame() {
        coming.add("GET / HTT");
        coming.add("P/1.1\r\nHost: a\r\n\r\n.");
        coming.add("GET / HTTP/1.0\r\n\r\n");
        assertEquals("GET / HTTP/1.1\r\nHost: a\r\n\r\n.", got());
        assertEquals("GET / HTTP/1.0\r\n\r\n", got());
        assertFalse(requests.old());
    }

    @Test
    void whatIsTooLongGoesThroughToBeRefused() {
        String line = "x".repeat(LIMIT);
        coming.add(line);
        assertEquals(line, got());
        assertFalse(requests.old());
    }

    @Test
    void aHeadThatIsTooLongGoesThroughToBeRefused() {
        String head = "GET / HTTP/1.0\r\nX: " + "x".repeat(LIMIT);
        coming.add(head);
        assertEquals(head, got());
        assertFalse(requests.old());
    }

    @Test
    void whatHadBegunBeforeTheEndIsHandedOn() {
        coming.add("GET / HTTP/1.0\r\n");
        assertEquals("GET / HTTP/1.0\r\n", got());
        assertEnd();
    }

    private void assertEnd() {
        assertThrows(DataReader.InsufficientDataAvailableException.class, requests::get);
    }

    private String got() {
        return new String(requests.get(), US_ASCII);
    }

    /** As a socket that has ended, where nothing more is coming. */
    @SuppressWarnings("NullAway") // Helidon's reader takes null for the end
    private byte[] next() {
        String bytes = coming.poll();
        return bytes == null ? null : bytes.getBytes(US_ASCII);
    }
}
