package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** TCP connections that say nothing: they are bounded, and no number of them ends a listener. */
abstract class SocketContract {
    private static final int LIMIT = 20;

    /** Fewer than a server and a flood need together, and enough for a server. */
    private static final int DESCRIPTORS = 256;

    private static final Duration ATTEMPTS = Duration.ofSeconds(10);
    private static final String REFUSED = "websocket_sockets_refused_total";

    abstract Path jar();

    @Test
    void moreTcpConnectionsThanTheLimitAreClosedAtOnceAndServedWhenOthersLeave() throws IOException {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.limits.sockets", String.valueOf(LIMIT));
        try (ServerProcess server = ServerProcess.start(jar(), settings)) {
            List<Socket> idle = new ArrayList<>();
            try (RawClient ann = RawClient.connect(server.port(), "/")) {
                for (int i = 0; i < LIMIT - 1; i++) {
                    idle.add(open(server.port()));
                }
                // Its own port first: its listener has accepted all others then.
                for (int port : List.of(server.port(), server.apiPort())) {
                    try (Socket further = open(port)) {
                        assertTrue(isEnded(further));
                    }
                }
                assertEquals(2, server.metric(REFUSED, "reason=\"limit\""));
                assertEquals(200, server.get("/health/live").statusCode());
                ann.text("still served");
                assertEquals("still served", ann.message());
            } finally {
                closeAll(idle);
            }
            awaitEcho(server);
            List<String> said = server.output()
                    .lines()
                    .filter(line -> line.contains("tidegate.limits.sockets"))
                    .toList();
            assertEquals(1, said.size(), server::output);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFloodThatTakesEveryDescriptorEndsNoListener() throws IOException {
        try (ServerProcess server = ServerProcess.startWithDescriptors(DESCRIPTORS, jar(), ApiClient.settings())) {
            List<Socket> idle = new ArrayList<>();
            try {
                for (int i = 0; i < 2 * DESCRIPTORS; i++) {
                    idle.add(open(List.of(server.port(), server.apiPort(), server.managementPort())
                            .get(i % 3)));
                }
                Await.until(
                        () -> "an accept fails:\n" + server.output(),
                        ATTEMPTS,
                        () -> server.output().contains("cannot accept connections"));
            } finally {
                closeAll(idle);
            }
            awaitEcho(server);
            Await.until("health", () -> server.get("/health/live").statusCode() == 200);
            assertTrue(server.metric(REFUSED, "reason=\"accept\"") > 0);
            try (RawClient api = new RawClient(server.apiPort())) {
                assertEquals(
                        401,
                        api.request(List.of("GET /api/nodes HTTP/1.1", "Host: localhost"))
                                .status());
            }
            assertTrue(server.output().contains("ulimit -n"), server::output);
            assertFalse(server.output().contains("\tat "), server::output);
        }
    }

    private static void awaitEcho(ServerProcess server) {
        Await.until(() -> "a new client is served:\n" + server.output(), ATTEMPTS, () -> {
            try (RawClient ben = RawClient.connect(server.port(), "/")) {
                ben.text("back again");
                return ben.message().equals("back again");
            } catch (RuntimeException | AssertionError e) {
                return false;
            }
        });
    }

    private static Socket open(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static boolean isEnded(Socket socket) throws IOException {
        socket.setSoTimeout(5_000);
        return socket.getInputStream().read() < 0;
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
