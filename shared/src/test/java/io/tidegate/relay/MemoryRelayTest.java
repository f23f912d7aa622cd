package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Topic;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryRelayTest extends RelayContract {
    private final MemoryNodes nodes = new MemoryNodes();

    @Override
    RelayNodes nodes() {
        return nodes;
    }

    @Test
    void countsWhatItDoes() {
        Metrics metrics = new Metrics();
        Relay relay = nodes.join(Map.of(), new Inbox(), metrics);
        relay.subscribe(TOPIC);
        relay.publish(TOPIC, Inbox.text("a"), Optional.empty());
        relay.publish(new Topic("unheard"), Inbox.text("b"), Optional.empty());
        relay.close();
        relay.publish(TOPIC, Inbox.text("c"), Optional.empty());
        assertEquals(2, metrics.relayPublished().value());
        assertEquals(1, metrics.relayReceived().value());
        assertEquals(1, metrics.relayErrors().value());
    }
}
