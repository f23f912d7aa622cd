package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.InlineOwners;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A relay that the test's one thread runs, with its links, its clock and its ticks. */
final class UplinkFixture {
    static final Duration TICK = Duration.ofMillis(50);

    final ManualClock clock = new ManualClock();
    final Inbox inbox = new Inbox();
    final Metrics metrics = new Metrics();
    final InlineOwners owners = new InlineOwners(() -> {});
    final RedisRelay relay = new RedisRelay(this::open, "p", owners, new SplittableRandom(1), inbox, metrics, clock);

    /** When links were asked for, by the clock. */
    final List<Long> opens = new ArrayList<>();

    private final Deque<FakeLink> offered = new ArrayDeque<>();
    private CompletableFuture<Link> asked = new CompletableFuture<>();

    private CompletableFuture<Link> open() {
        opens.add(clock.nanoTime());
        asked = offered.isEmpty() ? new CompletableFuture<>() : CompletableFuture.completedFuture(offered.remove());
        return asked;
    }

    /** The link that is, or will be, opened next. */
    FakeLink offer(FakeLink link) {
        if (opens.isEmpty() || !asked.complete(link)) {
            offered.add(link);
        }
        return link;
    }

    /** The link that is asked for cannot be opened. */
    void refuse(String reason) {
        asked.completeExceptionally(new RelayUnavailableException(reason));
    }

    /** Lets time pass, with all the ticks. */
    void pass(Duration time) {
        for (Duration passed = TICK; passed.compareTo(time) <= 0; passed = passed.plus(TICK)) {
            clock.advance(TICK);
            relay.tick();
        }
    }

    FakeLink up() {
        return up(new FakeLink());
    }

    FakeLink up(FakeLink link) {
        offer(link);
        pass(Duration.ofSeconds(1));
        assertInstanceOf(RelayStatus.Up.class, relay.status());
        return link;
    }

    CompletionStage<Position> publish(Topic topic, Message message) {
        return relay.publish(topic, message, Optional.empty());
    }

    void assertDown(String reason) {
        assertEquals(
                reason, assertInstanceOf(RelayStatus.Down.class, relay.status()).reason());
    }

    static void assertDone(CompletionStage<?> stage) {
        assertTrue(stage.toCompletableFuture().isDone(), "not done");
        assertTrue(!stage.toCompletableFuture().isCompletedExceptionally(), () -> "failed: " + failure(stage));
    }

    /** Why it has failed; empty where it has not. */
    static String failure(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        return future.isCompletedExceptionally() ? "" + future.exceptionNow().getMessage() : "";
    }
}
