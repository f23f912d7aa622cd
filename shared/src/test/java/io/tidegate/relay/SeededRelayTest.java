package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** One relay in one thread: a seed draws which inbox is stepped, which call of the link is answered, and what goes wrong. */
class SeededRelayTest {
    private static final int SEEDS = 500;
    private static final int TURNS = 400;

    @Test
    void whateverTheOrderNothingIsLostDoubledOrLeftWaiting() {
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                new Run(seed).play();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class SeededOwners implements Owners {
        private final SplittableRandom random;
        private final List<Queue<Runnable>> inboxes = new ArrayList<>();

        SeededOwners(SplittableRandom random) {
            this.random = random;
        }

        /** Steps one event of some owner; false where none waits. */
        boolean step() {
            List<Queue<Runnable>> waiting =
                    inboxes.stream().filter(inbox -> !inbox.isEmpty()).toList();
            if (waiting.isEmpty()) {
                return false;
            }
            waiting.get(random.nextInt(waiting.size())).remove().run();
            return true;
        }

        @Override
        public <E> Owner<E> serial(String name, Owner.Step<E> step) {
            Queue<Runnable> inbox = new ArrayDeque<>();
            inboxes.add(inbox);
            return new Owner<>() {
                @Override
                public void post(E event) {
                    inbox.add(() -> step.step(event));
                }

                @Override
                public int waiting() {
                    return inbox.size();
                }

                @Override
                public long steps() {
                    return 0;
                }
            };
        }

        @Override
        public <E> Owner<E> loop(String name, Owner.Rounds<E> rounds) {
            throw new UnsupportedOperationException("the relay has no loop");
        }

        @Override
        public void defect(String owner, Throwable defect) {
            throw new AssertionError(owner, defect);
        }

        @Override
        public void close() {}
    }

    private static final class Run {
        private final SplittableRandom random;
        private final SeededOwners owners;
        private final ManualClock clock = new ManualClock();
        private final Inbox inbox = new Inbox();
        private final Map<Topic, MemoryLog> logs = new ConcurrentHashMap<>();
        private final List<FakeLink> links = new ArrayList<>();
        private final List<Topic> topics =
                IntStream.range(0, 4).mapToObj(i -> new Topic("t" + i)).toList();

        /** The last subscribe of each topic that is wanted. */
        private final Map<Topic, CompletionStage<Void>> wanted = new HashMap<>();

        /** Where each of these stood when its subscribe completed; what is behind that must arrive. */
        private final Map<Topic, Long> since = new HashMap<>();

        private final List<CompletionStage<Position>> published = new ArrayList<>();
        private final RedisRelay relay;
        private boolean calm;

        Run(long seed) {
            this.random = new SplittableRandom(seed);
            this.owners = new SeededOwners(random.split());
            this.relay = new RedisRelay(this::open, "p", owners, random.split(), inbox, new Metrics(), clock);
        }

        private CompletableFuture<Link> open() {
            if (!calm && random.nextInt(3) == 0) {
                return CompletableFuture.failedFuture(new RelayUnavailableException("refused"));
            }
            FakeLink link = new FakeLink(logs);
            links.add(link.holding(call -> !calm && random.nextInt(3) == 0)
                    .refusing(call -> !calm && random.nextInt(200) == 0));
            return CompletableFuture.completedFuture(link);
        }

        void play() {
            // Wanted from the start, when nothing is published yet, to the end: it must get all.
            want(topics.getFirst());
            for (int i = 0; i < TURNS; i++) {
                turn();
            }
            calm = true;
            for (int i = 0; i < 200; i++) {
                tick();
                links.forEach(FakeLink::release);
                while (owners.step()) {
                    links.forEach(FakeLink::release);
                }
            }
            check();
        }

        private void turn() {
            for (int i = random.nextInt(6); i > 0; i--) {
                owners.step();
            }
            Topic any = topics.get(random.nextInt(topics.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> tick();
                case 3 -> want(any);
                case 4 -> {
                    if (!any.equals(topics.getFirst())) {
                        relay.unsubscribe(any);
                        wanted.remove(any);
                        since.remove(any);
                    }
                }
                case 5, 6 -> published.add(relay.publish(any, Inbox.text("x"), Optional.empty()));
                case 7 -> {
                    if (!links.isEmpty() && random.nextInt(6) == 0) {
                        links.getLast().lose("cable cut");
                    }
                }
                default -> answer();
            }
        }

        private void want(Topic topic) {
            CompletionStage<Void> ready = relay.subscribe(topic);
            wanted.put(topic, ready);
            var unused = ready.thenRun(() -> {
                if (wanted.get(topic) == ready) {
                    since.putIfAbsent(topic, head(topic));
                }
            });
        }

        private long head(Topic topic) {
            MemoryLog log = logs.get(topic);
            return log == null ? 0 : log.head().offset();
        }

        private void tick() {
            clock.advance(Duration.ofMillis(50));
            relay.tick();
        }

        private void answer() {
            if (!links.isEmpty()) {
                FakeLink link = links.get(links.size() - 1 - random.nextInt(Math.min(2, links.size())));
                if (link.held() > 0) {
                    link.release(random.nextInt(link.held()));
                }
            }
        }

        private void check() {
            assertInstanceOf(RelayStatus.Up.class, relay.status());
            wanted.forEach((topic, stage) -> UplinkFixture.assertDone(stage));
            published.forEach(stage -> assertTrue(stage.toCompletableFuture().isDone(), "a publish is left waiting"));
            assertEquals(List.of(), inbox.gaps());
            for (Topic topic : topics) {
                List<Long> offsets = inbox.all().stream()
                        .filter(arrival -> arrival.topic().equals(topic))
                        .map(arrival -> arrival.position().offset())
                        .toList();
                assertEquals(offsets.stream().distinct().sorted().toList(), offsets, "order of " + topic);
            }
            since.forEach((topic, from) -> {
                List<Long> behind = inbox.all().stream()
                        .filter(arrival -> arrival.topic().equals(topic))
                        .map(arrival -> arrival.position().offset())
                        .filter(offset -> offset > from)
                        .toList();
                assertEquals(
                        LongStream.rangeClosed(from + 1, head(topic)).boxed().toList(), behind, "none lost");
            });
            assertEquals(wanted.keySet(), since.keySet());
            for (FakeLink link : links) {
                topics.forEach(topic -> checkCalls(link, "p:topic:{" + topic.name() + "}"));
            }
        }

        /** Subscribe and unsubscribe of one topic on one link take turns, beginning with a subscribe. */
        private static void checkCalls(FakeLink link, String channel) {
            List<String> calls =
                    link.calls().stream().filter(call -> call.endsWith(channel)).toList();
            for (int i = 0; i < calls.size(); i++) {
                assertEquals((i % 2 == 0 ? "subscribe " : "unsubscribe ") + channel, calls.get(i));
            }
        }
    }
}
