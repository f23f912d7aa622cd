package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Who has much on its way to the relay is not read; who has little is. */
class PublishShareTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SHARE = (int) PublishShare.SHARE;

    private final PublishRoom room = new PublishRoom();

    private record Reader(Thread thread, CompletableFuture<Boolean> passed) {}

    /** A reading thread that waits for its share. */
    private static Reader reader(PublishShare share) {
        CompletableFuture<Boolean> passed = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                share.await();
                passed.complete(true);
            } catch (InterruptedException e) {
                passed.completeExceptionally(e);
            }
        });
        return new Reader(thread, passed);
    }

    private static void awaitWaiting(Reader reader) {
        Await.until("it waits", LIMIT, () -> reader.thread.getState() == Thread.State.WAITING);
        assertFalse(reader.passed.isDone());
    }

    private static void awaitPassed(Reader reader) throws ExecutionException, InterruptedException {
        Await.until("it goes on", LIMIT, reader.passed::isDone);
        assertTrue(reader.passed.get());
    }

    @Test
    void whoIsBeyondItsShareWaitsForItsOwnAnswerWhileOthersAreRead() throws Exception {
        PublishShare fast = new PublishShare(room);
        PublishShare good = new PublishShare(room);
        fast.add(SHARE);
        Reader waiting = reader(fast);
        awaitWaiting(waiting);
        assertTrue(good.mayRead());
        good.add(100);
        assertTrue(good.mayRead());
        good.remove(100);
        awaitWaiting(waiting);
        fast.remove(1);
        awaitPassed(waiting);
    }

    @Test
    void whileAllHaveMuchOnTheirWayWhoHasNothingIsStillRead() {
        List<PublishShare> fast = new ArrayList<>();
        for (int i = 0; i < 2 * PublishRoom.ROOM / SHARE; i++) {
            PublishShare one = new PublishShare(room);
            one.add(SHARE - 1);
            fast.add(one);
        }
        fast.forEach(one -> assertFalse(one.mayRead()));
        PublishShare good = new PublishShare(room);
        assertTrue(good.mayRead());
        good.add(SHARE - 1);
        PublishShare late = new PublishShare(room);
        late.add(SHARE - 1);
        assertFalse(new PublishShare(room).mayRead(), "the sum is bounded, whatever the number of connections");
    }

    @Test
    void eachAnswerLetsOneGoOnInTheirOrderAndTheTickFindsTheRest() throws Exception {
        PublishShare full = new PublishShare(room);
        full.add((int) PublishRoom.FULL + 2);
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Reader next = reader(new PublishShare(room));
            awaitWaiting(next);
            readers.add(next);
        }
        full.remove(2);
        awaitPassed(readers.getFirst());
        readers.stream().skip(1).forEach(PublishShareTest::awaitWaiting);
        full.remove(1);
        awaitPassed(readers.get(1));
        awaitWaiting(readers.get(2));
        room.tick();
        awaitPassed(readers.get(2));
    }

    @Test
    void aConnectionThatEndsWaitsNoMore() {
        PublishShare fast = new PublishShare(room);
        fast.add(SHARE);
        Reader waiting = reader(fast);
        awaitWaiting(waiting);
        waiting.thread.interrupt();
        Await.until("it ends", LIMIT, waiting.passed::isCompletedExceptionally);
    }

    @Test
    void noAnswerIsMissedHoweverItMeetsTheWait() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            PublishShare share = new PublishShare(room);
            share.add(SHARE);
            Reader reader = reader(share);
            share.remove(SHARE);
            awaitPassed(reader);
        }
    }
}
