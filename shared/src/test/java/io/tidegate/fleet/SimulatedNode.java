package io.tidegate.fleet;

import io.tidegate.drain.Drain;
import io.tidegate.drain.DrainSchedule;
import io.tidegate.hub.Admission;
import io.tidegate.hub.Connection;
import io.tidegate.relay.MemoryBus;
import io.tidegate.settings.Settings;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import io.tidegate.testing.ManualClock;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A node without listeners, on the fleet's clock and bus; its clients leave when they are told, and not before. */
final class SimulatedNode implements AutoCloseable {
    final HubFixture fixture;
    final Drain drain;
    final Fleet fleet;
    final DrainSchedule schedule;
    private final Rebalance rebalance;
    private final ManualClock clock;
    private long leaving = Long.MAX_VALUE;

    SimulatedNode(Settings settings, ManualClock clock, MemoryBus bus) {
        this.clock = clock;
        fixture = new HubFixture(settings, clock, bus);
        schedule = new DrainSchedule(fixture.hub, new Random(1), clock);
        drain = new Drain(fixture.hub, schedule, settings.drain(), fixture.metrics, clock);
        Fleet.Self self = new Fleet.Self(UUID.randomUUID().toString(), "se");
        fleet = new Fleet(settings, self, fixture.hub, drain, fixture.owners, clock);
        rebalance = new Rebalance(fleet, schedule, settings, fixture.metrics, clock);
    }

    SimulatedNode connect(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            fixture.connect();
        }
        return this;
    }

    int connections() {
        return fixture.hub.admission().open();
    }

    /** Whether a client that is served elsewhere meanwhile would be let in. */
    boolean takesHandOver() {
        Admission.Decision decision =
                fixture.hub.admission().admit(null, InetAddress.getLoopbackAddress(), List.of(), true);
        if (decision instanceof Admission.Permit permit) {
            permit.close();
            return true;
        }
        return false;
    }

    boolean takesMore() {
        return !drain.draining() && connections() < fixture.settings.limits().connections();
    }

    long rebalanced() {
        return fixture.metrics.rebalanced().value();
    }

    void drain() {
        leaving = clock.nanoTime();
    }

    void drainAt(long nanos) {
        leaving = nanos;
    }

    /** As {@code Node} does. */
    void tick() {
        fleet.tick();
        if (drain.draining()) {
            drain.tick();
        } else if (clock.nanoTime() >= leaving) {
            drain.begin();
        } else {
            rebalance.tick();
        }
    }

    /** Those whom the node has closed since the last call: they are gone. */
    int letGo() {
        List<Connection> closed =
                fixture.hub.connections().stream().filter(Connection::closing).toList();
        closed.forEach(Connection::ended);
        return closed.size();
    }

    /** How many have been told to leave, by what their wires show. */
    static long told(List<Client> clients) {
        return clients.stream().filter(Client::isTold).count();
    }

    @Override
    public void close() {
        fixture.close();
    }
}
