package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.Sharding;
import io.tidegate.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code publish.lua} makes of the position that its node knows, in a real Redis that went back to what it had. */
class PublishScriptTest {
    private static final TopicKeys KEYS = new TopicKeys("test", new Topic("news"));

    @RegisterExtension
    static final ScriptedRedis redis = new ScriptedRedis();

    private final RedisServer server = redis.server();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Scripts scripts = new Scripts(
            redis.scripts(),
            new RelayTimes(Retention.of(Settings.defaults().history()), new PresenceTimes(10_000)),
            Sharding.NONE,
            () -> Retention.newEpoch(random));

    @BeforeEach
    void empty() {
        server.command("FLUSHALL");
    }

    /** Messages with these ids. */
    private List<Position> publish(Optional<Position> known, String... ids) {
        List<Link.Entry> entries = new ArrayList<>();
        for (String id : ids) {
            entries.add(new Link.Entry(id, new Envelope(Inbox.text(id), 0).encode()));
        }
        return Scripts.positions(scripts.publish(redis.scripts(), new Link.Kept(KEYS, known, entries))
                .toCompletableFuture()
                .join());
    }

    private History history(Position after) {
        return Scripts.history(scripts.history(redis.scripts(), KEYS, after, 1 << 20)
                .toCompletableFuture()
                .join());
    }

    private Position head(Optional<Position> known) {
        return Scripts.attachment(scripts.attach(redis.scripts(), KEYS, known)
                        .toCompletableFuture()
                        .join())
                .head();
    }

    /** Three messages with the ids 1 to 3, of which Redis has lost the last one. */
    private Position lost() {
        List<Position> kept = publish(Optional.empty(), "1", "2");
        RedisTime.save(server, 0);
        Position lost = publish(Optional.of(kept.getLast()), "3").getFirst();
        assertEquals(kept.getLast().plus(1), lost);
        RedisTime.restore(server, 0);
        return lost;
    }

    @Test
    void aCountBehindWhatTheNodeKnowsBeginsANewEpoch() {
        Position lost = lost();
        List<Position> next = publish(Optional.of(lost), "4", "5");
        assertNotEquals(lost.epoch(), next.getFirst().epoch());
        assertEquals(List.of(1L, 2L), next.stream().map(Position::offset).toList());
        assertEquals(next.getLast(), head(Optional.empty()));
        assertEquals(2, history(next.getLast().plus(-2)).messages().size());
        assertFalse(history(lost.plus(-1)).reaches(), "the epoch before");
        assertEquals(":2", server.command("XLEN test:log:{news}"));
        for (String name : List.of("state", "log", "ids")) {
            assertTrue(
                    Long.parseLong(server.command("PTTL test:" + name + ":{news}")
                                    .substring(1))
                            > 0,
                    name);
        }
    }

    @Test
    void withoutWhatTheNodeKnowsThePositionIsGivenAgain() {
        Position lost = lost();
        assertEquals(lost, publish(Optional.empty(), "4").getFirst());
    }

    @Test
    void aCountThatDidNotGoBackGoesOn() {
        Position last = publish(Optional.empty(), "1", "2").getLast();
        assertEquals(last.plus(1), publish(Optional.of(last), "3").getFirst());
        assertEquals(last.plus(2), publish(Optional.of(last), "4").getFirst(), "others have published");
        assertEquals(last.plus(3), publish(Optional.of(last.plus(-2)), "5").getFirst());
        assertEquals(5, history(last.plus(-2)).messages().size());
    }

    @Test
    void aPositionOfAnotherEpochDoesNothing() {
        Position last = publish(Optional.empty(), "1", "2").getLast();
        Position other = new Position("another", 1_000_000);
        assertEquals(last.plus(1), publish(Optional.of(other), "3").getFirst());
        assertEquals(3, history(last.plus(-2)).messages().size());
    }

    @Test
    void thePositionOfAnEmptyTopicDoesNothing() {
        Position before = head(Optional.empty());
        assertTrue(EmptyPosition.isOne(before));
        Position first = publish(Optional.of(before), "1").getFirst();
        assertEquals(first.plus(1), publish(Optional.of(before), "2").getFirst());
        assertEquals(2, history(before).messages().size());
    }

    @Test
    void anEmptyTopicsPositionDoesNotLeadToAnEpochThatBeganBehindALoss() {
        Position before = head(Optional.empty());
        Position lost = lost();
        assertEquals(2, history(before).messages().size());
        assertEquals(1, publish(Optional.of(lost), "4").getFirst().offset());
        assertFalse(history(before).reaches(), "two messages of the epoch before came in between");
    }

    @Test
    void anIdWhoseMessageIsLostIsPublishedAnew() {
        Position lost = lost();
        Position again = publish(Optional.of(lost), "3").getFirst();
        assertNotEquals(lost.epoch(), again.epoch());
        assertEquals(again, publish(Optional.of(lost), "3").getFirst(), "known from now on");
    }

    @Test
    void idsThatAreAllKnownNeedNoNewEpoch() {
        Position lost = lost();
        assertEquals(List.of(lost.plus(-2), lost.plus(-1)), publish(Optional.of(lost), "1", "2"));
        assertEquals(lost.plus(-1), head(Optional.empty()));
        assertEquals(2, history(lost.plus(-3)).messages().size());
    }

    @Test
    void besideANewMessageAKnownIdIsPublishedAnew() {
        Position lost = lost();
        List<Position> next = publish(Optional.of(lost), "2", "4", "2");
        assertEquals(List.of(1L, 2L, 1L), next.stream().map(Position::offset).toList());
        assertEquals(1, next.stream().map(Position::epoch).distinct().count());
        assertNotEquals(lost.epoch(), next.getFirst().epoch());
    }

    @Test
    void theOlderIdsEndWithTheEpochToo() {
        Position first = publish(Optional.empty(), "1").getFirst();
        for (int i = 0; i < 1_200; i++) {
            publish(Optional.empty(), "x" + i);
        }
        RedisTime.pass(server, Duration.ofMinutes(9));
        assertEquals(":1", server.command("EXISTS test:ids-before:{news}"));
        Position ahead = head(Optional.empty()).plus(5);
        assertEquals(first, publish(Optional.of(ahead), "1").getFirst(), "known by the older ones");
        assertEquals(2, publish(Optional.of(ahead), "a", "b").getLast().offset());
        assertEquals(":0", server.command("EXISTS test:ids-before:{news}"));
        assertEquals(3, publish(Optional.empty(), "1").getFirst().offset());
    }
}
