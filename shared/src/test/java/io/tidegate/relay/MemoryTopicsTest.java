package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.testing.ManualClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What one process keeps of its topics, and for how long. */
class MemoryTopicsTest {
    private static final Topic TOPIC = new Topic("news");
    private static final long UNBOUNDED = 1L << 40;

    /** The account may be wrong by so much. */
    private static final double FACTOR = 1.5;

    private static final long NOISE_BYTES = 32 << 10;

    private final ManualClock clock = new ManualClock();
    private MemoryBus bus = bus(UNBOUNDED);

    private MemoryBus bus(long maxBytes) {
        Retention retention = Retention.of(Settings.defaults().history());
        return new MemoryBus(
                new RelayTimes(retention, new PresenceTimes(10_000)),
                new Threads(() -> {}),
                clock,
                maxBytes,
                new SplittableRandom(1));
    }

    private Position publish(String topic, int bytes, Optional<MessageId> id) {
        return bus.publish(new Topic(topic), true, new Message(Opcode.BINARY, new byte[bytes]), id)
                .join();
    }

    private static Optional<MessageId> id(String text) {
        return Optional.of(new MessageId(text));
    }

    private MemoryTopics.Usage usage() {
        return bus.usage().join();
    }

    private History history(String topic, Position after) {
        return bus.history(new Topic(topic), after, 1 << 20).join();
    }

    @Test
    void askingForATopicLeavesNothing() {
        MemoryRelay relay = new MemoryRelay(bus, new Inbox(), new Metrics(), clock);
        for (int i = 0; i < 10_000; i++) {
            Topic topic = new Topic("asked-" + i);
            var unused = relay.subscribe(topic);
            assertTrue(history(topic.name(), bus.head(topic).join()).reaches());
            relay.unsubscribe(topic);
        }
        assertEquals(new MemoryTopics.Usage(0, 0), usage());
    }

    @Test
    void theAccountIsTrueForManyTopicsOfOneMessage() {
        assertAccount(() -> {
            for (int i = 0; i < 20_000; i++) {
                publish("topic-with-a-name-" + i, 100, Optional.empty());
            }
        });
    }

    @Test
    void theAccountIsTrueForManyTopicsWithIds() {
        assertAccount(() -> {
            for (int i = 0; i < 20_000; i++) {
                publish("topic-" + i, 10, id("client-17-" + i));
            }
        });
    }

    @Test
    void theAccountIsTrueForManyIdsInOneTopic() {
        assertAccount(() -> {
            for (int i = 0; i < 19_000; i++) {
                publish("news", 1, id("a-client-with-a-name-" + i));
            }
        });
    }

    @Test
    void theAccountIsTrueForLargeAndForTinyMessages() {
        assertAccount(() -> {
            for (int i = 0; i < 300; i++) {
                publish("large", 50_000, Optional.empty());
            }
            for (int i = 0; i < 100_000; i++) {
                publish("tiny-" + i % 100, 1, Optional.empty());
            }
        });
    }

    @Test
    void theAccountIsTrueForTopicsThatHaveOnlyTheirCountLeft() {
        assertAccount(() -> {
            for (int i = 0; i < 20_000; i++) {
                publish("topic-" + i, 1_000, id("client-" + i));
            }
            clock.advance(Duration.ofMinutes(11));
            for (int i = 0; i < 2_000; i++) {
                publish("news", 1, Optional.empty());
            }
        });
        assertEquals(20_001, usage().topics());
    }

    /** The median of a few: what other tests have left behind may end during one of them. */
    private void assertAccount(Runnable publishing) {
        List<Long> heaps = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            bus = bus(UNBOUNDED);
            long before = used();
            publishing.run();
            heaps.add(used() - before);
        }
        heaps.sort(null);
        assertWithin(usage().bytes(), heaps.get(heaps.size() / 2));
    }

    private static void assertWithin(long account, long heap) {
        System.out.println("account " + account + ", heap " + heap);
        assertTrue(account < heap * FACTOR && heap < account * FACTOR, () -> "account " + account + ", heap " + heap);
    }

    /** Once it does not become less by another collection. */
    private static long used() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (now > used - NOISE_BYTES) {
                return now;
            }
            used = now;
        }
        return used;
    }

    @Test
    void whateverIsPublishedTheBoundHolds() {
        long max = 1 << 20;
        bus = bus(max);
        SplittableRandom random = new SplittableRandom(7);
        Consumer<String> some = topic -> {
            publish(topic, random.nextInt(5_000), random.nextBoolean() ? id("" + random.nextInt()) : Optional.empty());
            assertTrue(usage().bytes() <= max, () -> "" + usage());
        };
        for (int i = 0; i < 20_000; i++) {
            some.accept(
                    switch (i % 3) {
                        case 0 -> "hot";
                        case 1 -> "warm-" + random.nextInt(50);
                        default -> "new-" + i;
                    });
        }
        publish("beyond", 2 << 20, Optional.empty());
        assertTrue(usage().bytes() <= max, () -> "" + usage());
    }

    @Test
    void aTopicThatFillsAllMakesRoomInItself() {
        bus = bus(1 << 20);
        Position quiet = publish("quiet", 100, Optional.empty());
        for (int i = 0; i < 10_000; i++) {
            publish("hot", 1_000, id("" + i));
        }
        assertTrue(history("quiet", quiet.plus(-1)).reaches());
    }

    @Test
    void aTopicThatWasForgottenForWantOfRoomIsNotTakenForOneThatWasEmpty() {
        bus = bus(100_000);
        Position empty = bus.head(TOPIC).join();
        clock.advance(Duration.ofSeconds(1));
        Position first = publish("news", 10, Optional.empty());
        clock.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 1_000; i++) {
            publish("flood-" + i, 10, Optional.empty());
        }
        assertTrue(EmptyPosition.isOne(bus.head(TOPIC).join()), "forgotten");
        assertFalse(history("news", empty).reaches());
        assertFalse(history("news", first).reaches());
        publish("news", 10, Optional.empty());
        assertFalse(history("news", empty).reaches());
        assertFalse(history("news", first).reaches());
    }

    @Test
    void aTopicIsForgottenAWeekAfterItsLastMessage() {
        Position empty = bus.head(TOPIC).join();
        Position first = publish("news", 10, Optional.empty());
        clock.advance(Duration.ofDays(7));
        publish("other", 10, Optional.empty());
        assertTrue(history("news", first).reaches(), "nothing was published since");
        clock.advance(Duration.ofSeconds(1));
        publish("other", 10, Optional.empty());
        assertEquals(1, usage().topics());
        assertFalse(history("news", first).reaches());
        assertFalse(history("news", empty).reaches());
    }

    @Test
    void aPositionOfAnotherProcessIsLost() {
        Position elsewhere = bus(UNBOUNDED).head(TOPIC).join();
        bus = new MemoryBus(Settings.defaults(), new Threads(() -> {}), clock);
        assertFalse(history("news", elsewhere).reaches());
    }
}
