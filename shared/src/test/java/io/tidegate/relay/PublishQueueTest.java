package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Topic;
import io.tidegate.relay.PublishQueue.Waiting;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PublishQueueTest {
    private final PublishQueue queue = new PublishQueue();

    private static Waiting publish(int bytes) {
        return publish(bytes, 0);
    }

    private static Waiting publish(int bytes, long sinceNanos) {
        return new Waiting(
                new Topic("news"), true, new Link.Entry("", new byte[bytes]), sinceNanos, new CompletableFuture<>());
    }

    private static List<Integer> sizes(List<Waiting> publishes) {
        return publishes.stream().map(Waiting::size).toList();
    }

    @Test
    void isBoundedInBytesAndTakesAgainWhatFitsLater() {
        int half = (int) PublishQueue.MAX_BYTES / 2;
        assertTrue(queue.offer(publish(half)));
        assertTrue(queue.offer(publish(half)));
        assertFalse(queue.offer(publish(1)));
        assertEquals(List.of(half), sizes(queue.take()));
        assertTrue(queue.offer(publish(1)));
    }

    @Test
    void takesABatchOfManySmallOnesOrOneLargeOne() {
        List.of(PublishQueue.BATCH_BYTES - 1, 1, 1, PublishQueue.BATCH_BYTES + 1, 5)
                .forEach(size -> assertTrue(queue.offer(publish(size))));
        assertEquals(List.of(PublishQueue.BATCH_BYTES - 1, 1), sizes(queue.take()));
        assertEquals(List.of(1), sizes(queue.take()));
        assertEquals(List.of(PublishQueue.BATCH_BYTES + 1), sizes(queue.take()));
        assertEquals(List.of(5), sizes(queue.take()));
        assertEquals(List.of(), queue.take());
    }

    @Test
    void takesOutWhatIsOldAndHasRoomForAsMuchAgain() {
        int third = (int) PublishQueue.MAX_BYTES / 3;
        assertTrue(queue.offer(publish(third, 10)));
        assertTrue(queue.offer(publish(third, 20)));
        assertTrue(queue.offer(publish(third, 30)));
        assertFalse(queue.offer(publish(third, 40)));
        assertEquals(2, queue.takeOlderThan(30).size());
        assertTrue(queue.offer(publish(third, 40)));
        assertEquals(2, queue.takeAll().size());
        assertEquals(List.of(), queue.takeAll());
    }
}
