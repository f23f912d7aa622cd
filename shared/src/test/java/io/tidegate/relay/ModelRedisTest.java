package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Sharding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.api.RScript;

/**
 * Runs random sequences of the same calls on the model and on a real Redis: each answer and each packet is the same, before
 * and after all that time and faults do.
 *
 * <p>Time passes in whole hours, and what ends does so half an hour later or earlier: so the few seconds that a run takes
 * change no answer.
 */
class ModelRedisTest {
    private static final int OPERATIONS = 5_000;
    private static final long DRIFT_MILLIS = 30_000;
    private static final PresenceTimes PRESENCE = new PresenceTimes(10_000);
    private static final List<TopicKeys> TOPICS =
            List.of(keys("busy"), keys("news"), keys("weather"), keys("rare"), keys("sleepy"));

    /** Of a thousand operations. */
    private static final Map<Operation, Integer> WEIGHTS = Map.of(
            Operation.PUBLISH, 414,
            Operation.ATTACH, 200,
            Operation.HISTORY, 270,
            Operation.LAST, 50,
            Operation.PASS, 35,
            Operation.FLUSH, 3,
            Operation.SAVE, 15,
            Operation.RESTORE, 13);

    private static TopicKeys keys(String topic) {
        return new TopicKeys("test", new Topic(topic));
    }

    private enum Operation {
        PUBLISH,
        ATTACH,
        HISTORY,
        LAST,
        PASS,
        FLUSH,
        SAVE,
        RESTORE
    }

    @RegisterExtension
    static final ScriptedRedis redis = new ScriptedRedis();

    @Test
    void withoutMessages() throws InterruptedException {
        run(retention(0, 20_000), 1, 2);
    }

    @Test
    void withFewMessages() throws InterruptedException {
        run(retention(3, 5_000), 3, 4);
    }

    @Test
    void withFewBytes() throws InterruptedException {
        run(retention(100, 2_000), 5, 6);
    }

    @Test
    void withManyMessages() throws InterruptedException {
        run(retention(100, 1 << 20), 7, 8);
    }

    private static Retention retention(int size, int bytes) {
        return new Retention(
                size,
                bytes,
                Duration.ofMinutes(90),
                Duration.ofMinutes(150),
                Duration.ofMinutes(390),
                Duration.ofMinutes(330));
    }

    private static void run(Retention retention, long... seeds) throws InterruptedException {
        for (long seed : seeds) {
            redis.server().command("FLUSHALL");
            Run run = new Run(retention, seed);
            for (int i = 0; i < OPERATIONS; i++) {
                run.step(i);
            }
            run.end();
        }
    }

    /** A position as both have answered it; those of an empty topic differ by what has passed. */
    private record Told(Position real, Position model, Duration passed) {}

    private record Known(Optional<Position> real, Optional<Position> model) {}

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final SplittableRandom realEpochs;
        private final SplittableRandom modelEpochs;
        private final Scripts scripts;
        private final RScript script = redis.scripts();
        private final ModelRedis model;
        private final Map<Operation, Integer> done = new EnumMap<>(Operation.class);
        private final Map<String, Integer> outcomes = new TreeMap<>();
        private final Map<TopicKeys, List<Told>> told = new HashMap<>();
        private final BlockingQueue<byte[]> packets = new LinkedBlockingQueue<>();
        private Duration passed = Duration.ZERO;
        private final List<ModelRedis.Snapshot> saved;
        private String now = "";

        Run(Retention retention, long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.realEpochs = new SplittableRandom(seed);
            this.modelEpochs = new SplittableRandom(seed);
            this.scripts = new Scripts(
                    script, new RelayTimes(retention, PRESENCE), Sharding.NONE, () -> Retention.newEpoch(realEpochs));
            this.model = new ModelRedis(new RelayTimes(retention, PRESENCE), () -> Retention.newEpoch(modelEpochs));
            this.saved = new ArrayList<>(Collections.nCopies(RedisTime.PLACES, model.save()));
            for (TopicKeys keys : TOPICS) {
                told.put(keys, new ArrayList<>());
                redis.topic(keys).addListener(byte[].class, (name, bytes) -> packets.add(bytes));
            }
        }

        void step(int number) throws InterruptedException {
            Operation operation = draw();
            // Some are published to hardly ever.
            int topic = operation == Operation.PUBLISH
                    ? Math.min(random.nextInt(TOPICS.size()), random.nextInt(TOPICS.size()))
                    : random.nextInt(TOPICS.size());
            TopicKeys keys = TOPICS.get(random.nextInt(3) == 0 ? 0 : topic);
            now = "seed " + seed + ", operation " + number + ", " + operation + " " + keys.topic();
            done.merge(operation, 1, Integer::sum);
            model.time(System.currentTimeMillis() + passed.toMillis());
            switch (operation) {
                case PUBLISH -> publish(keys);
                case ATTACH -> attach(keys);
                case HISTORY -> history(keys);
                case LAST -> last(keys);
                case PASS -> pass();
                case FLUSH -> {
                    redis.server().command("FLUSHDB");
                    model.flush();
                }
                case SAVE -> {
                    int place = random.nextInt(saved.size());
                    RedisTime.save(redis.server(), place);
                    saved.set(place, model.save());
                }
                case RESTORE -> {
                    int place = random.nextInt(saved.size());
                    RedisTime.restore(redis.server(), place);
                    model.restore(saved.get(place));
                }
            }
        }

        private Operation draw() {
            int roll = random.nextInt(1_000);
            for (Operation operation : Operation.values()) {
                roll -= WEIGHTS.getOrDefault(operation, 0);
                if (roll < 0) {
                    return operation;
                }
            }
            throw new IllegalStateException("the weights are no thousand");
        }

        private void publish(TopicKeys keys) throws InterruptedException {
            List<Link.Entry> entries = new ArrayList<>();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                String id = random.nextInt(3) == 0 ? "" : String.valueOf(random.nextInt(200));
                Message message = new Message(Opcode.BINARY, new byte[random.nextInt(300)]);
                entries.add(new Link.Entry(id, new Envelope(message, random.nextInt()).encode()));
            }
            Known known = known(keys);
            List<Position> real =
                    Scripts.positions(answer(scripts.publish(script, new Link.Kept(keys, known.real, entries))));
            ModelRedis.Published expected = model.publish(keys, known.model, entries);
            assertEquals(expected.positions(), real, now);
            if (expected.packet().isPresent()) {
                byte[] packet = packets.poll(10, TimeUnit.SECONDS);
                assertEquals(text(expected.packet().get()), packet == null ? "nothing" : text(packet), now);
            }
            tell(keys, real.getLast(), real.getLast());
            boolean began = known.real.isPresent()
                    && !known.real.get().epoch().equals(real.getLast().epoch());
            outcomes.merge(began ? "publish, another epoch is known" : "publish", 1, Integer::sum);
        }

        /** What a node may know: mostly nothing, or what was answered once, and rarely what nothing has answered. */
        private Known known(TopicKeys keys) {
            Optional<Told> from = random.nextInt(3) == 0 ? any(keys) : Optional.empty();
            Optional<Position> real = from.map(this::real);
            if (real.isPresent() && !EmptyPosition.isOne(real.get()) && random.nextInt(8) == 0) {
                Position ahead = real.get().plus(random.nextInt(9));
                return new Known(Optional.of(ahead), Optional.of(ahead));
            }
            return new Known(real, from.map(Told::model));
        }

        private static String text(byte[] bytes) {
            return new String(bytes, ISO_8859_1);
        }

        private void attach(TopicKeys keys) {
            Known known = known(keys);
            Position answered = Scripts.positions(answer(scripts.attach(script, keys, known.real)))
                    .getFirst();
            tell(keys, answered, model.attach(keys, known.model));
        }

        private void history(TopicKeys keys) {
            Optional<Told> from = any(random.nextInt(20) == 0 ? TOPICS.get(random.nextInt(TOPICS.size())) : keys);
            if (from.isEmpty()) {
                return;
            }
            int more = random.nextInt(4) == 0 ? random.nextInt(-5, 5) : 0;
            Position after = real(from.get());
            Position expectedAfter = from.get().model();
            if (after.offset() + more >= 0) {
                after = after.plus(more);
                expectedAfter = expectedAfter.plus(more);
            }
            int maxBytes = List.of(1, 500, 5_000, 1 << 20).get(random.nextInt(4));
            History real = Scripts.history(answer(scripts.history(script, keys, after, maxBytes)));
            assertSame(model.history(keys, expectedAfter, maxBytes), real, now + " behind " + after);
            String kind = EmptyPosition.isOne(after) ? "empty" : "other";
            outcomes.merge(kind + outcome(real), 1, Integer::sum);
        }

        private void last(TopicKeys keys) {
            int messages = List.of(1, 5, 100, 100_000).get(random.nextInt(4));
            int maxBytes = List.of(1, 500, 5_000, 1 << 20).get(random.nextInt(4));
            History real = Scripts.last(answer(scripts.last(script, keys, messages, maxBytes)));
            assertSame(model.last(keys, messages, maxBytes), real, now + ", the last " + messages);
            outcomes.merge("last" + outcome(real), 1, Integer::sum);
        }

        private static String outcome(History history) {
            return history.reaches() ? history.messages().isEmpty() ? " none" : " some" : " lost";
        }

        private void assertSame(History expected, History real, String behind) {
            assertEquals(expected.reaches(), real.reaches(), behind);
            assertEquals(expected.more(), real.more(), behind);
            assertSame(expected.after(), real.after());
            assertEquals(payloads(expected), payloads(real), behind);
        }

        private static List<String> payloads(History history) {
            return history.messages().stream()
                    .map(message -> message.opcode() + text(message.payload()))
                    .toList();
        }

        private void pass() {
            Duration time = Duration.ofHours(random.nextInt(6) == 0 ? 7 : random.nextInt(1, 4));
            RedisTime.pass(redis.server(), time);
            passed = passed.plus(time);
        }

        /** The last ones are those that most is to be said about, and those of an empty topic. */
        private Optional<Told> any(TopicKeys keys) {
            List<Told> all = told.getOrDefault(keys, List.of());
            if (random.nextInt(2) == 0) {
                all = all.stream()
                        .filter(position -> EmptyPosition.isOne(position.model))
                        .toList();
            }
            int from = Math.max(0, all.size() - (1 << random.nextInt(8)));
            return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(from, all.size())));
        }

        private void tell(TopicKeys keys, Position real, Position expected) {
            assertSame(expected, real);
            told.computeIfAbsent(keys, key -> new ArrayList<>()).add(new Told(real, expected, passed));
        }

        /** As that Redis would have answered it, had it been as old then as what it holds is now. */
        private Position real(Told position) {
            return EmptyPosition.of(position.real)
                    .map(empty -> new EmptyPosition(
                                    empty.birth(),
                                    empty.millis()
                                            - passed.minus(position.passed).toMillis())
                            .position())
                    .orElse(position.real);
        }

        private void assertSame(Position expected, Position real) {
            Optional<EmptyPosition> model = EmptyPosition.of(expected);
            Optional<EmptyPosition> answered = EmptyPosition.of(real);
            if (model.isPresent() && answered.isPresent()) {
                assertEquals(model.get().birth(), answered.get().birth(), now);
                long apart = answered.get().millis() - model.get().millis() + passed.toMillis();
                assertTrue(Math.abs(apart) < DRIFT_MILLIS, () -> now + ": apart by " + apart);
            } else {
                assertEquals(expected, real, now);
            }
        }

        void end() {
            assertNull(packets.poll(), now);
            System.out.println("seed " + seed + ": " + done + ", histories: " + outcomes);
            assertEquals(Operation.values().length, done.size(), () -> "of all, only " + done);
            TOPICS.forEach(keys -> redis.topic(keys).removeAllListeners());
        }

        private static List<Object> answer(CompletionStage<List<Object>> answer) {
            return answer.toCompletableFuture().join();
        }
    }
}
