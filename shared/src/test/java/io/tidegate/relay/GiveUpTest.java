package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a topic that gives its link up meets on other threads, with each interleaving forced. */
class GiveUpTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Topic TOPIC = new Topic("news");
    private static final Topic BUSY = new Topic("busy");
    private static final Topic OTHER = new Topic("other");

    private final ManualClock clock = new ManualClock();
    private final BlockingQueue<FakeLink> links = new LinkedBlockingQueue<>();
    private final RedisRelay relay = new RedisRelay(
            this::open, "p", new Threads(() -> {}), new SplittableRandom(1), new Inbox(), new Metrics(), clock);

    private CompletableFuture<Link> open() {
        FakeLink link = links.poll();
        return link == null
                ? CompletableFuture.failedFuture(new RelayUnavailableException("none yet"))
                : CompletableFuture.completedFuture(link);
    }

    @AfterEach
    void close() {
        relay.close();
    }

    private void tickUntilDone(CompletionStage<?> stage) {
        Await.until(() -> "done; " + relay.status(), LIMIT, () -> {
            clock.advance(UplinkFixture.TICK);
            relay.tick();
            return stage.toCompletableFuture().isDone();
        });
        UplinkFixture.assertDone(stage);
    }

    /** What follows what {@code position} has had, so that a message is missing between them. */
    private static Thread arriveWithAHole(FakeLink link, Position position) {
        for (int i = 0; i < 3; i++) {
            link.log(TOPIC).append(Inbox.text("missed"), Optional.empty(), 0);
        }
        byte[] packet = FakeLink.packet(position.plus(3), List.of(new Envelope(Inbox.text("x"), 0)));
        return Thread.ofPlatform().daemon().start(() -> link.arrive("p:topic:{news}", packet));
    }

    private static boolean isWaitingOrEnded(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, BLOCKED, TERMINATED -> true;
            case NEW, RUNNABLE, TIMED_WAITING -> false;
        };
    }

    /**
     * One thread loses the link for a topic that has missed something; while it is within that, before what is under way
     * fails, another thread unsubscribes the topic. With a lock for the topic and one for all subscriptions, each thread had
     * the one that the other wanted.
     */
    @Test
    void aTopicThatIsUnsubscribedWhileItGivesItsLinkUpHoldsNobodyUp() {
        FakeLink first = new FakeLink();
        links.add(first);
        tickUntilDone(relay.subscribe(TOPIC));
        first.holding(call -> call.contains("{busy}"));
        CompletionStage<Void> busy = relay.subscribe(BUSY);
        assertEquals(1, first.held());
        Position head = first.log(TOPIC).head();

        CompletableFuture<Thread> unsubscribing = new CompletableFuture<>();
        // Registered last, so run first: before all that is under way fails.
        var unused = first.lost().thenAccept(reason -> {
            Thread thread = Thread.ofPlatform().daemon().start(() -> relay.unsubscribe(TOPIC));
            unsubscribing.complete(thread);
            Await.until("the other thread is in it", LIMIT, () -> isWaitingOrEnded(thread));
        });
        Thread losing = arriveWithAHole(first, head);

        Thread thread = Await.value("the link is given up", LIMIT, unsubscribing);
        Await.until("neither thread is held up", LIMIT, () -> !thread.isAlive() && !losing.isAlive());
        assertEquals("messages have been missed", first.lost().getNow(""));
        links.add(new FakeLink(first.logs()));
        tickUntilDone(relay.subscribe(OTHER));
        tickUntilDone(busy);
    }

    /** The same the other way round: the unsubscribe is under way in the link when the topic gives that up. */
    @Test
    void aLinkThatIsGivenUpWithinAnUnsubscribeHoldsNobodyUp() {
        FakeLink first = new FakeLink();
        links.add(first);
        tickUntilDone(relay.subscribe(TOPIC));
        Position head = first.log(TOPIC).head();
        AtomicBoolean once = new AtomicBoolean();
        first.holding(call -> {
            if (call.startsWith("unsubscribe") && once.compareAndSet(false, true)) {
                Thread losing = arriveWithAHole(first, head);
                Await.until("the other thread is in it", LIMIT, () -> isWaitingOrEnded(losing));
                first.lose("cable cut");
            }
            return false;
        });
        Thread thread = Thread.ofPlatform().daemon().start(() -> relay.unsubscribe(TOPIC));
        Await.until("it is not held up", LIMIT, () -> !thread.isAlive());
        links.add(new FakeLink(first.logs()));
        tickUntilDone(relay.subscribe(OTHER));
        tickUntilDone(relay.subscribe(TOPIC));
    }
}
