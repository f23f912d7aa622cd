package io.tidegate.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tidegate.node.RoundTrip.FailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What {@code helm test} says when it fails; that it succeeds is a test of each runtime. */
final class RoundTripTest {

    @Test
    void serverThatDoesNotAnswerEndsTheTestInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI server = URI.create("ws://localhost:" + silent.getLocalPort());

            FailedException failed =
                    assertThrows(FailedException.class, () -> RoundTrip.run(server, Duration.ofSeconds(1)));
            assertEquals("No round trip: still connecting to " + server + " after 1 s", failed.getMessage());
        }
    }

    @Test
    void serverThatIsNotThereIsNamed() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        URI server = URI.create("ws://localhost:" + port);

        FailedException failed =
                assertThrows(FailedException.class, () -> RoundTrip.run(server, Duration.ofSeconds(10)));
        assertEquals(
                "No round trip: failed while connecting to " + server + ": java.net.ConnectException",
                failed.getMessage());
    }
}
