package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Nodes in one process. */
final class MemoryNodes implements RelayNodes {
    private final ManualClock clock = new ManualClock();
    private final Map<Map<String, String>, MemoryBus> buses = new HashMap<>();

    @Override
    public Relay join(Map<String, String> settings, Relay.Receiver receiver, Metrics metrics) {
        MemoryBus bus = buses.computeIfAbsent(
                settings, key -> new MemoryBus(SettingsReader.read(key, Map.of()), new Threads(() -> {}), clock));
        return new MemoryRelay(bus, receiver, metrics, clock);
    }

    @Override
    public void pass(Duration time) {
        clock.advance(time);
    }
}
