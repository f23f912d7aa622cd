package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientFrames;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Publishers without pause wait for the relay themselves; what others publish meanwhile is taken. */
abstract class FastPublisherContract extends OneServerWithRedis {
    private static final int PUBLISHERS = 8;
    private static final int AT_ONCE = 16;
    private static final int GOOD = 20;

    private volatile boolean over;

    @Test
    void publishersOfLargeMessagesWithoutPauseCostNobodyElseAPublish() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        try (FullClient good = FullClient.connect(server.port(), "")) {
            // Of what nodes tell each other while the relay is not up yet.
            double errorsOfTheStart = server.metric("websocket_relay_errors_total");
            for (int i = 0; i < PUBLISHERS; i++) {
                FullClient fast = FullClient.connect(server.port(), "");
                threads.add(Thread.ofVirtual().start(() -> publish(fast)));
            }
            Await.until("a load", () -> server.metric("websocket_relay_published_total") > 50);
            for (int i = 0; i < GOOD; i++) {
                good.publish("news", "small", "m" + i);
                good.expect("ack");
            }
            assertEquals(errorsOfTheStart, server.metric("websocket_relay_errors_total"), server::output);
            assertEquals(1, server.metric("websocket_relay_up"), server::output);
        } finally {
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** As much of it is under way at once as the socket takes, all the time. */
    private void publish(FullClient fast) {
        String message = "x".repeat(60_000);
        byte[][] frames = new byte[AT_ONCE][];
        Arrays.fill(
                frames, ClientFrames.text("{\"type\":\"publish\",\"topic\":\"bulk\",\"message\":\"" + message + "\"}"));
        byte[] together = ClientFrames.join(frames);
        try (fast) {
            while (!over) {
                fast.raw().send(together);
            }
        } catch (UncheckedIOException e) {
            // The server has ended.
        }
    }
}
