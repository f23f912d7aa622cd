package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientPool;
import io.tidegate.testing.RawClient;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract, section 3: a client that does not read is nobody's problem but its own. */
abstract class SlowConsumerContract extends OneServer {

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.limits.queue", "1MiB");
    }

    @Test
    void aClientThatNeverReadsIsClosedAtItsByteLimitAndCostsNobodyElseAnything() {
        try (RawClient lazy = RawClient.connect(server.port(), "/");
                ClientPool pool = new ClientPool().join(50, server.port(), "/")) {
            String message = "x".repeat(32_000);
            int sent = 0;
            // What the kernel takes for the lazy one comes on top of its queue.
            while (server.metric("websocket_slow_consumers_total") == 0) {
                assertTrue(sent < 3_000, "the lazy client was never closed");
                for (int i = 0; i < 50; i++) {
                    pool.client(0).says(message);
                    sent++;
                    int expected = sent;
                    Await.until("message " + sent, () -> pool.allReceived(expected));
                }
                assertTrue(server.metric("websocket_send_queue_bytes") <= 1.1 * (1 << 20));
            }
            lazy.awaitEnd();
            Await.until(
                    "it is counted", () -> server.metric("websocket_connections_closed_total", "code=\"1013\"") == 1);
            assertEquals(50, server.metric("websocket_active_connections"));
            Await.until(
                    "it is said once",
                    () -> server.output()
                            .contains("Closed 1 connections as slow consumers (1013), because they read more slowly"));
        }
    }
}
