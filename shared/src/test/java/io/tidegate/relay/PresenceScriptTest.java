package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Present;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.Sharding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.api.RScript;

/**
 * Makes random reports to {@link PresenceState} and to {@code presence.lua} in a real Redis: each answer and each change is the
 * same. Time passes in whole hours and ends between them, so that the seconds that a run takes change no answer.
 */
class PresenceScriptTest {
    private static final int OPERATIONS = 3_000;
    private static final PresenceTimes TIMES =
            new PresenceTimes(Duration.ofHours(10).plusMinutes(30).toMillis());
    private static final TopicKeys KEYS = new TopicKeys("test", new Topic("news"));
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @RegisterExtension
    static final ScriptedRedis redis = new ScriptedRedis();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theScriptDoesWhatTheModelDoes(long seed) throws InterruptedException {
        redis.server().command("FLUSHALL");
        SplittableRandom random = new SplittableRandom(seed);
        SplittableRandom realEpochs = new SplittableRandom(seed);
        SplittableRandom modelEpochs = new SplittableRandom(seed);
        RScript script = redis.scripts();
        RelayTimes times = new RelayTimes(Retention.of(Settings.defaults().history()), TIMES);
        Scripts scripts = new Scripts(script, times, Sharding.NONE, () -> Retention.newEpoch(realEpochs));
        PresenceState model = new PresenceState(TIMES);
        BlockingQueue<byte[]> packets = new LinkedBlockingQueue<>();
        redis.topic(KEYS).addListener(byte[].class, (name, bytes) -> packets.add(bytes));
        Map<PresenceAnswer.Outcome, Integer> outcomes = new EnumMap<>(PresenceAnswer.Outcome.class);
        long passed = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            String now = "seed " + seed + ", operation " + i;
            if (random.nextInt(3) == 0) {
                long hours = random.nextInt(12) == 0 ? 12 : random.nextInt(1, 3);
                RedisTime.pass(redis.server(), Duration.ofMillis(hours * HOUR));
                passed += hours * HOUR;
                continue;
            }
            PresenceReport report = report(random, i + 1);
            long trust = random.nextInt(4) == 0 ? 0 : 100 * HOUR;
            List<PresenceChange> told = new ArrayList<>();
            long millis = System.currentTimeMillis() + passed;
            if (model.isOver(millis)) {
                model = new PresenceState(TIMES);
            }
            PresenceAnswer expected =
                    model.report(report, millis, trust, () -> Retention.newEpoch(modelEpochs), change -> {
                        told.add(change);
                        return 1;
                    });
            PresenceAnswer real = Scripts.presence(
                    scripts.presence(script, KEYS, report, trust)
                            .toCompletableFuture()
                            .join(),
                    report);
            assertEquals(text(expected), text(real), now);
            for (PresenceChange change : told) {
                byte[] packet = packets.poll(10, TimeUnit.SECONDS);
                assertEquals(
                        text(change),
                        PresenceChange.decode(packet == null ? new byte[0] : packet)
                                .map(PresenceScriptTest::text)
                                .orElse("nothing"),
                        now);
            }
            outcomes.merge(real.outcome(), 1, Integer::sum);
        }
        assertEquals(3, outcomes.values().stream().filter(count -> count > 20).count(), outcomes::toString);
    }

    private static PresenceReport report(SplittableRandom random, int number) {
        if (random.nextInt(10) == 0) {
            return new PresenceReport("", 0, false, Duration.ofMinutes(random.nextInt(4) * 90L), true, List.of());
        }
        Set<Optional<String>> users = new LinkedHashSet<>();
        List<PresenceReport.Count> counts = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            int name = random.nextInt(8);
            Optional<String> user = name == 0 ? Optional.empty() : Optional.of("ü " + name);
            if (users.add(user)) {
                counts.add(new PresenceReport.Count(user, random.nextInt(3), 0));
            }
        }
        return new PresenceReport(
                "node-" + random.nextInt(4),
                // One of five comes late, it may be.
                random.nextInt(5) == 0 ? Math.max(1, number - random.nextInt(10)) : number,
                random.nextInt(4) == 0,
                Duration.ofMinutes(random.nextInt(3) * 90L),
                random.nextInt(3) == 0,
                counts);
    }

    private static String text(PresenceAnswer answer) {
        return answer.outcome() == PresenceAnswer.Outcome.UNWATCHED
                ? "unwatched"
                : answer.outcome() + " " + answer.settled() + " "
                        + answer.version().text() + " "
                        + answer.list().map(PresenceScriptTest::text).orElse("");
    }

    private static String text(PresenceChange change) {
        return change.version().text() + " " + change.settled() + " " + text(change.users());
    }

    /** The order is the relay's own affair; when a user came differs by what has passed. */
    private static String text(List<Present> users) {
        Set<String> sorted = new TreeSet<>();
        users.forEach(present -> sorted.add(present.user() + " " + present.connections()));
        return sorted.toString();
    }
}
