package io.tidegate.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a request ends, a proxy in front and this server must see alike (RFC 9112, section 11.2): what may be read in two ways is
 * refused, and its connection ends, on each port.
 */
abstract class RequestFramingContract extends OneServer {
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    @Override
    Map<String, String> settings() {
        return ApiClient.settings();
    }

    /** Of all that is sent here, nothing may be a defect of the server. */
    @AfterAll
    void theLogShowsNoDefect() {
        assertFalse(server.output().contains("\tat "), server::output);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
                "Content-Length: 0, 0\r\n\r\n",
                "Content-Length: +5\r\n\r\nhello",
                "Content-Length: -5\r\n\r\nhello",
                "Content-Length: 0x5\r\n\r\nhello",
                "Content-Length: \r\n\r\n",
                "Content-Length: 9999999999999999999999\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\n",
                "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                ": nameless\r\n\r\n",
                "X\t: tab\r\n\r\n",
                "X: folded\r\n line\r\n\r\n",
                "X: folded\r\n\tTransfer-Encoding: chunked\r\n\r\n",
                "X: a\0b\r\n\r\n",
                "X\0: ab\r\n\r\n",
                "X: a\rb\r\n\r\n",
                "X: a\nb: c\r\n\r\n",
                "Host: another\r\n\r\n"
            })
    void aHeadThatMayBeReadInTwoWaysIsRefused(String rest) {
        for (int port : ports()) {
            assertEquals(List.of(400), statuses(port, "POST", rest), () -> "port " + port);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1\r\n\r\n0\r\n\r\n",
                "+0\r\n\r\n",
                "0x0\r\n\r\n",
                "ffffffffffffffff\r\nab",
                "0\n\n",
                "2\r\nab0\r\n\r\n",
                "2\r\nabXX0\r\n\r\n",
                "0\r\nContent-Length: 5\r\n\r\n",
                "0;\0\r\n\r\n",
                " 0\r\n\r\n"
            })
    void aChunkThatMayBeReadInTwoWaysIsRefused(String body) {
        assertEquals(List.of(400), statuses(server.apiPort(), "POST", CHUNKED + body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {CHUNKED + "0\r\n\r\n", "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: Chunked\r\n\r\n"})
    void portsThatTakeNoContentSaySoAndWaitForNone(String rest) {
        for (int port : List.of(server.port(), server.managementPort())) {
            assertEquals(List.of(413), statuses(port, "POST", rest), () -> "port " + port);
            assertEquals(List.of(413), statuses(port, "GET", rest), () -> "port " + port);
        }
    }

    @Test
    void chunksAsTheyMustBeAreOneMessage() {
        String large = "x".repeat(40_000);
        String body = "6;name=\"value\"\r\n{\"a\":\"\r\n"
                + Integer.toHexString(large.length()).toUpperCase(java.util.Locale.ROOT) + "\r\n" + large
                + "\r\n02\r\n\"}\r\n0\r\n\r\n";
        try (RawClient client = new RawClient(server.apiPort())) {
            for (String coding : List.of("chunked", "CHUNKED")) {
                client.send(
                        ("POST /api/topics/chunks/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                        + "Authorization: Bearer " + ApiClient.KEY + "\r\nTransfer-Encoding: " + coding
                                        + "\r\n\r\n" + body)
                                .getBytes(ISO_8859_1));
                assertEquals(200, client.response().status());
            }
        }
        String kept = new ApiClient(server).get("/api/topics/chunks/messages").body();
        assertTrue(kept.contains("{\"a\":\"" + large + "\"}"), kept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat#part", "/#"})
    void aTargetHasNoFragment(String target) {
        try (RawClient client = new RawClient(server.port())) {
            assertEquals(400, client.handshake(target).status());
            client.awaitEnd();
        }
    }

    @Test
    void whoLeavesInsideARequestIsNoDefect() {
        List<String> beginnings = List.of(
                "",
                "POST /api/br",
                "POST /api/broadcast HTTP/1.1\r\nHost: a\r\nX",
                "POST /api/broadcast HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc",
                "POST /api/broadcast HTTP/1.1\r\nHost: a\r\n" + CHUNKED + "5\r\nab",
                "GET / HTTP/1.0\r\nX");
        for (int port : ports()) {
            for (String beginning : beginnings) {
                try (RawClient client = new RawClient(port)) {
                    client.send(beginning.getBytes(ISO_8859_1));
                }
                try (RawClient client = new RawClient(port)) {
                    client.send(beginning.getBytes(ISO_8859_1));
                    client.reset();
                }
            }
            // An answer behind all of them; the log is looked at in the end.
            assertEquals(List.of(400), statuses(port, "GET", "Content-Length: +1\r\n\r\n"));
        }
    }

    @Test
    void garbageOnAnyPortLeavesNoStackTraceAndAtMostOneLine() {
        long before = server.output().lines().count();
        Random random = new Random(7);
        byte[] sound = "GET /chat?topic=tea HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n".getBytes(ISO_8859_1);
        for (int port : ports()) {
            for (int i = 0; i < 100; i++) {
                byte[] bytes = i % 2 == 0 ? new byte[1 + random.nextInt(300)] : sound.clone();
                for (int j = 0; j < (i % 2 == 0 ? bytes.length : 3); j++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                try (RawClient client = new RawClient(port)) {
                    client.send(bytes);
                }
            }
            // An answer behind all of them.
            assertEquals(List.of(400), statuses(port, "GET", "Content-Length: +1\r\n\r\n"));
        }
        assertFalse(server.output().contains("\tat "), server::output);
        assertTrue(server.output().lines().count() <= before + 1, server::output);
    }

    private List<Integer> ports() {
        return List.of(server.port(), server.managementPort(), server.apiPort());
    }

    /** What is answered to such a request and another one right behind it, until the connection ends. */
    private static List<Integer> statuses(int port, String method, String rest) {
        String second = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        try (RawClient client = new RawClient(port)) {
            client.send((method + " /api/broadcast HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + ApiClient.KEY
                            + "\r\nContent-Type: application/json\r\n" + rest + second)
                    .getBytes(ISO_8859_1));
            List<Integer> statuses = new ArrayList<>();
            for (String part : client.rest().split("HTTP/1.1 ")) {
                if (!part.isEmpty()) {
                    statuses.add(Integer.parseInt(part.substring(0, 3)));
                }
            }
            return statuses;
        }
    }
}
