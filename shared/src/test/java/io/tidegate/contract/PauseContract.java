package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientPool;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Contract, section 3: a server that was stopped for a while (a CPU limit, a migration) takes it for nobody's silence. */
abstract class PauseContract extends OneServer {
    private static final int CLIENTS = 20;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(6);

    /** What it would take to close somebody for the pause, and some more. */
    private static final long AFTERWARDS_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.heartbeat", "1s", "tidegate.idle", "3s");
    }

    @Test
    void aServerThatWasStoppedForTwiceTheIdleTimeClosesNobodyWhoAnswers() {
        try (ClientPool pool = new ClientPool().join(CLIENTS, server.port(), "/")) {
            pool.client(0).says("before");
            Await.until("what was said before", () -> pool.allReceived(1));
            server.pause();
            try {
                long end = System.nanoTime() + PAUSE_NANOS;
                for (int i = 0; i < CLIENTS; i++) {
                    pool.client(i).says("meanwhile");
                }
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
            } finally {
                server.resume();
            }
            Await.until("what was said meanwhile", () -> pool.allReceived(1 + CLIENTS));
            long end = System.nanoTime() + AFTERWARDS_NANOS;
            for (int said = 1; System.nanoTime() < end; said++) {
                pool.client(said % CLIENTS).says("afterwards");
                int expected = 1 + CLIENTS + said;
                Await.until("what was said afterwards", () -> pool.allReceived(expected));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            pool.clients().forEach(client -> assertFalse(client.ended()));
            assertEquals(0, server.metric("websocket_connections_closed_total", "code=\"1011\""));
            assertEquals(CLIENTS, server.metric("websocket_active_connections"));
        }
    }
}
