package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tidegate.protocol.Topic;
import io.tidegate.relay.Outbox.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Outbox outbox = new Outbox("not connected yet");

    private static Waiting publish(int bytes) {
        return new Waiting(new Topic("news"), new Link.Entry("", new byte[bytes]), 0, new CompletableFuture<>());
    }

    private List<Integer> take() throws InterruptedException {
        return outbox.take(0).stream().map(waiting -> waiting.size()).toList();
    }

    @Test
    void refusesWithTheReasonWhileShut() throws InterruptedException {
        assertEquals("not connected yet", outbox.offer(publish(1)));
        outbox.open();
        assertNull(outbox.offer(publish(2)));
        Waiting waiting = outbox.shut("cable cut").getFirst();
        assertEquals(2, waiting.size());
        assertEquals("cable cut", outbox.offer(publish(3)));
        assertEquals(List.of(), take());
    }

    @Test
    void isBoundedInBytesAndTakesAgainWhatFitsLater() throws InterruptedException {
        outbox.open();
        int half = (int) Outbox.MAX_BYTES / 2;
        assertNull(outbox.offer(publish(half)));
        assertNull(outbox.offer(publish(half)));
        assertEquals("too much waits to be published", outbox.offer(publish(1)));
        assertEquals(List.of(half), take());
        assertNull(outbox.offer(publish(1)));
    }

    @Test
    void takesABatchOfManySmallOnesOrOneLargeOne() throws InterruptedException {
        outbox.open();
        List<Integer> sizes = new ArrayList<>(List.of(Outbox.BATCH_BYTES - 1, 1, 1, Outbox.BATCH_BYTES + 1, 5));
        sizes.forEach(size -> assertNull(outbox.offer(publish(size))));
        assertEquals(List.of(Outbox.BATCH_BYTES - 1, 1), take());
        assertEquals(List.of(1), take());
        assertEquals(List.of(Outbox.BATCH_BYTES + 1), take());
        assertEquals(List.of(5), take());
    }
}
