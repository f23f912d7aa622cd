package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisPresenceTest extends PresenceContract {
    @RegisterExtension
    static final RedisNodes nodes = new RedisNodes();

    @Override
    RelayNodes nodes() {
        return nodes;
    }

    private static List<Integer> connections(Relay relay) {
        return value(relay.presence(TOPIC, PresenceReport.question())).list().orElseThrow().stream()
                .map(present -> present.connections())
                .toList();
    }

    @Test
    void nobodysTimeRunsOutWhileNobodyCouldReport() {
        Relay a = node(new Watcher());
        value(a.presence(TOPIC, report("a", true, WATCH, "ann 1")));
        // Redis has been away for half a minute: this node's link has been up for a moment only.
        nodes.pass(Duration.ofSeconds(30));
        assertEquals(List.of(1), connections(node(new Watcher())));
        assertEquals(
                PresenceAnswer.Outcome.TAKEN,
                value(a.presence(TOPIC, report("a", false, WATCH))).outcome());
    }

    @Test
    void whatNobodyReportsOnIsGoneFromRedisAfterAWhile() {
        Relay a = node(new Watcher());
        value(a.presence(TOPIC, report("a", true, WATCH, "ann 1")));
        value(a.presence(TOPIC, report("b", true, WATCH, "bob 0")));
        // State, users, nodes, and one for each node.
        assertEquals("*5", nodes.command("KEYS test:presence*"));
        nodes.pass(Duration.ofMillis(2 * TIMES.state() + 1_000));
        assertEquals("*0", nodes.command("KEYS test:presence*"));
    }
}
