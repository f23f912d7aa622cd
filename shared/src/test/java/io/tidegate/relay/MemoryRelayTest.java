package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryRelayTest extends RelayContract {
    private final ManualClock clock = new ManualClock();
    private final MemoryBus bus = new MemoryBus(Settings.defaults().history(), new Threads(() -> {}), clock);

    @Override
    Relay join(Relay.Receiver receiver) {
        return new MemoryRelay(bus, receiver, new Metrics(), clock);
    }

    @Override
    Relay join(Relay.Receiver receiver, Duration ttl) {
        Settings settings = SettingsReader.read(Map.of("tidegate.history.ttl", ttl.toString()), Map.of());
        MemoryBus other = new MemoryBus(settings.history(), new Threads(() -> {}), clock);
        return new MemoryRelay(other, receiver, new Metrics(), clock);
    }

    @Override
    void pass(Duration time) {
        clock.advance(time);
    }

    @Test
    void countsWhatItDoes() {
        Topic topic = new Topic("news");
        Metrics metrics = new Metrics();
        MemoryRelay relay = new MemoryRelay(bus, new Inbox(), metrics, clock);
        relay.subscribe(topic);
        relay.publish(topic, Inbox.text("a"), Optional.empty());
        relay.publish(new Topic("unheard"), Inbox.text("b"), Optional.empty());
        relay.close();
        relay.publish(topic, Inbox.text("c"), Optional.empty());
        assertEquals(2, metrics.relayPublished().value());
        assertEquals(1, metrics.relayReceived().value());
        assertEquals(1, metrics.relayErrors().value());
    }
}
