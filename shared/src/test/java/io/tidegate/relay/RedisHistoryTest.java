package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisHistoryTest extends HistoryContract {
    @RegisterExtension
    static final RedisNodes nodes = new RedisNodes();

    @Override
    RelayNodes nodes() {
        return nodes;
    }

    @Test
    void whatIsKeptOfATopicExpiresAndIsBounded() {
        try (Relay relay = node(new Inbox())) {
            inTurns(21_000, i -> relay.publish(TOPIC, Inbox.text("" + i), Optional.of(new MessageId("" + i))));
            assertEquals(":1000", nodes.command("XLEN test:log:{news}"));
            assertEquals(21_000, nodes.number("HLEN test:ids:{news}") + nodes.number("HLEN test:ids-before:{news}"));
            assertExpiresWithin(Duration.ofDays(7), "test:state:{news}");
            for (String name : List.of("log", "ids", "ids-before")) {
                assertExpiresWithin(Duration.ofMinutes(10), "test:" + name + ":{news}");
            }
            assertEquals("*4", nodes.command("KEYS *{news}"));
        }
    }

    @Test
    void askingForATopicLeavesNothingOfItInRedis() {
        try (Relay relay = node(new Inbox())) {
            for (int i = 0; i < 200; i++) {
                Topic asked = new Topic("asked-" + i);
                done(relay.subscribe(asked));
                done(relay.head(asked));
            }
            assertEquals("*0", nodes.command("KEYS *asked*"));
            // The births of their slots, of which there are 16,384 at most, whatever the topics are called.
            assertEquals(nodes.number("DBSIZE"), nodes.number("KEYS test:birth:*") + nodes.number("KEYS test:probe:*"));
        }
    }

    @Test
    void anIdIsKnownForAsLongAsItsMessageThoughTheLaterOnesHaveNone() {
        try (Relay relay = node(new Inbox())) {
            Optional<MessageId> id = Optional.of(new MessageId("7"));
            Position first = value(relay.publish(TOPIC, Inbox.text("a"), id));
            for (String name : List.of("state", "log", "ids")) {
                nodes.command("PEXPIRE test:" + name + ":{news} 60000");
            }
            done(relay.publish(TOPIC, Inbox.text("b"), Optional.empty()));
            assertExpiresWithin(Duration.ofMinutes(10), "test:log:{news}");
            assertExpiresWithin(Duration.ofMinutes(10), "test:ids:{news}");
            assertEquals(first, value(relay.publish(TOPIC, Inbox.text("a"), id)));
        }
    }

    @Test
    void theStateOutlivesALongHistoryAndTheIdsAShortOne() {
        try (Relay relay = node(new Inbox(), Map.of("tidegate.history.ttl", "720h"))) {
            done(relay.publish(TOPIC, Inbox.text("a"), Optional.of(new MessageId("7"))));
            assertExpiresWithin(Duration.ofDays(60), "test:state:{news}");
            assertExpiresWithin(Duration.ofDays(30), "test:log:{news}");
            assertExpiresWithin(Duration.ofDays(30), "test:ids:{news}");
        }
        nodes.command("FLUSHALL");
        try (Relay relay = node(new Inbox(), Map.of("tidegate.history.ttl", "1s"))) {
            done(relay.publish(TOPIC, Inbox.text("a"), Optional.of(new MessageId("7"))));
            assertExpiresWithin(Duration.ofDays(7), "test:state:{news}");
            assertExpiresWithin(Duration.ofSeconds(1), "test:log:{news}");
            assertExpiresWithin(Duration.ofMinutes(2), "test:ids:{news}");
        }
    }

    @Test
    void behindADataLossAnEmptyPositionIsLost() {
        try (Relay relay = node(new Inbox())) {
            Position empty = value(relay.head(TOPIC));
            done(relay.publish(TOPIC, Inbox.text("a"), Optional.empty()));
            nodes.command("FLUSHALL");
            assertFalse(value(relay.history(TOPIC, empty, 1)).reaches());
            done(relay.publish(TOPIC, Inbox.text("b"), Optional.empty()));
            assertFalse(value(relay.history(TOPIC, empty, 1)).reaches());
            nodes.command("DEL test:state:{news}");
            done(relay.head(TOPIC));
            assertFalse(value(relay.history(TOPIC, empty, 1)).reaches(), "another birth");
        }
    }

    @Test
    void aPublishBehindALossIsMissedByNobodyWhoCameInBetween() {
        Inbox inbox = new Inbox();
        Inbox later = new Inbox();
        Relay relay = node(inbox);
        Relay other = node(later);
        done(relay.subscribe(TOPIC));
        Position kept = value(relay.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        nodes.save();
        assertEquals(kept.plus(1), value(other.publish(TOPIC, Inbox.text("b"), Optional.empty())));
        arrived(inbox, 2);
        nodes.goBack();
        done(other.subscribe(OTHER));
        Relay third = node(later);
        done(third.subscribe(TOPIC));
        assertEquals(kept, value(third.head(TOPIC)));

        Position next = value(relay.publish(TOPIC, Inbox.text("c"), Optional.empty()));

        assertNotEquals(kept.epoch(), next.epoch());
        assertEquals(1, next.offset());
        arrived(inbox, 3);
        arrived(later, 1);
        assertEquals(List.of("a", "b", "c"), inbox.texts(TOPIC));
        assertEquals(List.of("c"), later.texts(TOPIC));
        assertEquals(1, inbox.gaps().size());
        assertEquals(1, later.gaps().size());
    }

    @Test
    void behindALossWhatWasAcknowledgedIsKnownToItsNode() {
        Relay relay = node(new Inbox());
        nodes.save();
        Position first = value(relay.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        nodes.save();
        Position lost = value(relay.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        nodes.goBack();
        Position next = value(relay.publish(TOPIC, Inbox.text("c"), Optional.empty()));
        assertEquals(first.plus(1), lost);
        assertNotEquals(lost.epoch(), next.epoch());
        assertEquals(next.plus(1), value(relay.publish(TOPIC, Inbox.text("d"), Optional.empty())));
    }

    @Test
    void behindALossWhatWasReadIsKnownToItsNode() {
        for (Function<Relay, CompletionStage<?>> reading : List.<Function<Relay, CompletionStage<?>>>of(
                relay -> relay.head(TOPIC),
                relay -> relay.last(TOPIC, 1, 1_000),
                relay -> relay.history(
                        TOPIC, value(node(new Inbox()).head(TOPIC)).plus(-1), 1_000))) {
            nodes.command("FLUSHALL");
            Relay publisher = node(new Inbox());
            Relay reader = node(new Inbox());
            done(publisher.publish(TOPIC, Inbox.text("a"), Optional.empty()));
            nodes.save();
            Position lost = value(publisher.publish(TOPIC, Inbox.text("b"), Optional.empty()));
            done(reading.apply(reader));
            nodes.goBack();
            Position next = value(reader.publish(TOPIC, Inbox.text("c"), Optional.empty()));
            assertNotEquals(lost.epoch(), next.epoch());
        }
    }

    @Test
    void behindALossWhoSubscribesBeginsAtNoPositionBeforeWhatItsNodeHasDelivered() {
        Inbox inbox = new Inbox();
        Relay relay = node(inbox);
        done(relay.subscribe(TOPIC));
        done(relay.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        nodes.save();
        Position lost = value(relay.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        arrived(inbox, 2);
        nodes.goBack();
        Position head = value(relay.head(TOPIC));
        assertNotEquals(lost.epoch(), head.epoch());
        assertEquals(0, head.offset());
    }

    @Test
    void withoutHistoryTheIdsAreKnownAllTheSame() {
        Optional<MessageId> id = Optional.of(new MessageId("7"));
        try (Relay relay = node(new Inbox(), Map.of("tidegate.history.size", "0"))) {
            Position first = value(relay.publish(TOPIC, Inbox.text("a"), id));
            assertEquals(first, value(relay.publish(TOPIC, Inbox.text("a"), id)));
            assertEquals(":0", nodes.command("XLEN test:log:{news}"));
            assertTrue(value(relay.history(TOPIC, first, 1)).reaches());
            assertFalse(value(relay.history(TOPIC, first.plus(-1), 1)).reaches());
        }
    }

    private static void assertExpiresWithin(Duration ttl, String key) {
        long left = Long.parseLong(nodes.command("PTTL " + key).substring(1));
        assertTrue(left > ttl.toMillis() - 60_000 && left <= ttl.toMillis(), () -> key + " expires in " + left);
    }
}
