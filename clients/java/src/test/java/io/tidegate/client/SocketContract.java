package io.tidegate.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection that cannot be had says of itself, over real sockets. */
@Timeout(30)
abstract class SocketContract {
    private final CompletableFuture<String> authorization = new CompletableFuture<>();
    private final CompletableFuture<String> protocols = new CompletableFuture<>();
    private ServerSocket server = unbound();

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    abstract io.tidegate.client.Socket.Factory factory();

    @Test
    void aServerThatIsNotThereIsNoNull() throws Exception {
        server.close();
        assertEquals(
                "cannot connect: no server listens there, or the network does not reach it",
                ended("localhost").reason());
    }

    @Test
    void aHostThatIsUnknownIsSaidToBe() throws Exception {
        assertEquals("unknown host", ended("host.invalid").reason());
    }

    @Test
    void aPathThatIsNotThereSaysWhereTidegateIs() throws Exception {
        answer(key -> "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        assertEquals(
                "refused with HTTP 404; Tidegate is at /chat",
                ended("localhost").reason());
    }

    @Test
    void aServerThatIsFullGivesItsStatus() throws Exception {
        answer(key -> "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
        assertEquals(
                new io.tidegate.client.Socket.End.Refused(503, Optional.of(Duration.ofSeconds(7))), ended("localhost"));
    }

    @Test
    void aWebSocketWithoutTheSubprotocolSaysWhatIsMissing() throws Exception {
        answer(key -> "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n");
        assertEquals(
                "no-subprotocol: the server does not speak tidegate.v1 there; Tidegate does at /chat",
                ended("localhost").reason());
    }

    @Test
    void aTokenTravelsInAHeaderAndAServerThatWillNotTakeItSaysSo() throws Exception {
        answer(key -> "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Bearer\r\n\r\n");
        assertEquals(new io.tidegate.client.Socket.End.Refused(401, Optional.empty()), ended("localhost"));
        assertEquals("Authorization: Bearer a.token", authorization.get(10, TimeUnit.SECONDS));
    }

    @Test
    void whoHandsOverOffersToBeRefused() throws Exception {
        answer(key -> "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
        assertEquals(
                new io.tidegate.client.Socket.End.Refused(503, Optional.of(Duration.ofSeconds(1))),
                ended("localhost", true));
        String offered = protocols.get(10, TimeUnit.SECONDS).replaceFirst("(?i)sec-websocket-protocol: *", "");
        assertEquals("tidegate.v1,tidegate.handover", offered.replace(" ", ""));
    }

    @Test
    void whoHandsOverGetsTheWireAlone() throws Exception {
        answer(key -> "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Protocol: tidegate.v1\r\nSec-WebSocket-Accept: " + accept(key) + "\r\n\r\n");
        ExecutionException opened = assertThrows(ExecutionException.class, () -> ended("localhost", true));
        assertEquals("java.lang.AssertionError: opened", opened.getMessage());
    }

    private io.tidegate.client.Socket.End ended(String host) throws Exception {
        return ended(host, false);
    }

    private io.tidegate.client.Socket.End ended(String host, boolean handsOver) throws Exception {
        CompletableFuture<io.tidegate.client.Socket.End> ended = new CompletableFuture<>();
        URI url = URI.create("ws://" + host + ":" + server.getLocalPort() + "/chat");
        factory()
                .open(
                        url,
                        Optional.of("a.token"),
                        handsOver,
                        Duration.ofSeconds(10),
                        new io.tidegate.client.Socket.Events() {
                            @Override
                            public void opened(io.tidegate.client.Socket socket) {
                                socket.abort();
                                ended.completeExceptionally(new AssertionError("opened"));
                            }

                            @Override
                            public void text(String text) {}

                            @Override
                            public void alive() {}

                            @Override
                            public void ended(io.tidegate.client.Socket.End end) {
                                ended.complete(end);
                            }
                        });
        return ended.get(20, TimeUnit.SECONDS);
    }

    /** @param byKey the answer to a handshake with this key */
    private void answer(UnaryOperator<String> byKey) {
        Thread.ofVirtual().start(() -> {
            try (Socket peer = server.accept()) {
                BufferedReader request = new BufferedReader(new InputStreamReader(peer.getInputStream(), ISO_8859_1));
                String key = "";
                for (String line = request.readLine(); line != null && !line.isEmpty(); line = request.readLine()) {
                    if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                        key = line.substring(18).strip();
                    }
                    if (line.regionMatches(true, 0, "Sec-WebSocket-Protocol:", 0, 23)) {
                        protocols.complete(line);
                    }
                    if (line.startsWith("Authorization:")) {
                        authorization.complete(line);
                    }
                }
                peer.getOutputStream().write(byKey.apply(key).getBytes(ISO_8859_1));
                peer.getOutputStream().flush();
                // Until the client has had enough of it.
                var unused = request.read();
            } catch (IOException e) {
                // The client has gone, which is what it is to do.
            }
        });
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
