package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RawClient;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Contract, section 3: peers whose sockets always have bytes delay nobody. As many of them as the pool of virtual threads
 * has carriers on a machine with two cores; on a larger one there are carriers left, and this shows less.
 */
abstract class FloodContract extends OneServer {
    private static final int PEERS = 2;
    private static final int FRAMES = 4096;
    private static final long FLOOD_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long HEALTH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long ECHO_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile boolean over;

    /** What a peer sends without pause, after what comes first; in hexadecimal digits, each masked with zeros. */
    enum Flood {
        PONGS("", "8a80 00000000"),
        CONTINUATIONS("0180 00000000", "0080 00000000"),
        MESSAGES("", "8181 00000000 78");

        final String first;
        final String frame;

        Flood(String first, String frame) {
            this.first = first;
            this.frame = frame;
        }

        byte[] frames() {
            byte[][] many = new byte[FRAMES][];
            Arrays.fill(many, ClientFrames.hex(frame));
            return ClientFrames.join(many);
        }
    }

    /** The first answers take a server that has just started some hundred milliseconds. */
    @BeforeEach
    void warm() {
        over = false;
        try (RawClient client = RawClient.connect(server.port(), "/chat?topic=quiet")) {
            for (int i = 0; i < 50; i++) {
                server.get("/health/live");
                echo(client, "warm " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void healthAndOthersAreAnsweredMeanwhile(Flood flood) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        try (RawClient other = RawClient.connect(server.port(), "/chat?topic=quiet")) {
            for (int i = 0; i < PEERS; i++) {
                RawClient peer = RawClient.connect(server.port(), "/");
                threads.add(Thread.ofPlatform().start(() -> send(peer, flood)));
                threads.add(Thread.ofPlatform().start(() -> peer.awaitEnd()));
            }
            long worstHealth = 0;
            long worstEcho = 0;
            long begun = System.nanoTime();
            for (int i = 0; System.nanoTime() - begun < FLOOD_NANOS; i++) {
                worstHealth = Math.max(worstHealth, health());
                worstEcho = Math.max(worstEcho, echo(other, "message " + i));
            }
            System.out.printf(
                    "%s: health within %d ms, an echo within %d ms%n",
                    flood, worstHealth / 1_000_000, worstEcho / 1_000_000);
            assertTrue(worstHealth < HEALTH_NANOS, "health took " + worstHealth / 1_000_000 + " ms");
            assertTrue(worstEcho < ECHO_NANOS, "an echo took " + worstEcho / 1_000_000 + " ms");
        } finally {
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** As a kubelet asks: on a connection of its own. */
    private long health() {
        long begun = System.nanoTime();
        try (RawClient kubelet = new RawClient(server.managementPort())) {
            List<String> request = List.of("GET /health/live HTTP/1.1", "Host: localhost", "Connection: close");
            assertEquals(200, kubelet.request(request).status());
        }
        return System.nanoTime() - begun;
    }

    private static long echo(RawClient client, String text) {
        long begun = System.nanoTime();
        client.text("{\"user\":\"ann\",\"message\":\"" + text + "\"}");
        String answer = client.message();
        assertTrue(answer.contains(text), answer);
        return System.nanoTime() - begun;
    }

    /** Ends by itself, also where the server has closed the connection for its messages. */
    private void send(RawClient peer, Flood flood) {
        try {
            byte[] frames = flood.frames();
            peer.send(ClientFrames.hex(flood.first));
            while (!over) {
                peer.send(frames);
            }
        } catch (UncheckedIOException e) {
            // Closed by the server.
        } finally {
            peer.close();
        }
    }
}
