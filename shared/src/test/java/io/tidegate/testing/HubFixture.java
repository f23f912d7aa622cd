package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.access.Identity;
import io.tidegate.access.Rights;
import io.tidegate.hub.Admission;
import io.tidegate.hub.Connection;
import io.tidegate.hub.Hub;
import io.tidegate.hub.Peer;
import io.tidegate.metrics.Metrics;
import io.tidegate.owner.InlineOwners;
import io.tidegate.owner.Owners;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.relay.MemoryBus;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

/** A hub on a manual clock and a relay in the test's hand. */
public final class HubFixture implements AutoCloseable {
    private static final long TICK_MILLIS = 50;

    public final ManualClock clock;
    public final Metrics metrics = new Metrics();
    public final Settings settings;
    public final Owners owners;
    public final FakeRelay relay;
    public final Hub hub;

    /** A peer and its end of the wire. */
    public record Client(Connection connection, FakeTransport transport) {
        public void says(String text) throws InterruptedException {
            connection.receive(new Message(Opcode.TEXT, text.getBytes(UTF_8)));
        }

        /** Whether it has been told to leave. */
        public boolean isTold() {
            return transport.texts().stream().anyMatch(text -> text.contains("server-shutdown"));
        }
    }

    /** With these settings, on a clock and a relay's bus of its own, and on the test's own thread. */
    public HubFixture(Map<String, String> configuration) {
        this(1, configuration);
    }

    /** The same with so many write loops. */
    public HubFixture(int loops, Map<String, String> configuration) {
        this(settings(loops, configuration), new ManualClock());
    }

    /** With the default settings and so many write loops. */
    public HubFixture(int loops) {
        this(loops, Map.of());
    }

    private static Settings settings(int loops, Map<String, String> configuration) {
        Map<String, String> all = new HashMap<>(configuration);
        all.put("tidegate.loops", Integer.toString(loops));
        return SettingsReader.read(all, Map.of());
    }

    private HubFixture(Settings settings, ManualClock clock) {
        this(settings, clock, new MemoryBus(settings, new InlineOwners(() -> {}), clock));
    }

    /** One of several that hear each other. */
    public HubFixture(Settings settings, ManualClock clock, MemoryBus bus) {
        this(settings, clock, bus, InlineOwners::new);
    }

    /** On threads, as a server runs. */
    public static HubFixture onThreads(int loops) {
        Settings settings = settings(loops, Map.of());
        ManualClock clock = new ManualClock();
        return new HubFixture(settings, clock, new MemoryBus(settings, new Threads(() -> {}), clock), Threads::new);
    }

    private HubFixture(Settings settings, ManualClock clock, MemoryBus bus, Function<Runnable, Owners> owners) {
        this.settings = settings;
        this.clock = clock;
        this.owners = owners.apply(metrics.defects()::increment);
        AtomicReference<FakeRelay> made = new AtomicReference<>();
        hub = new Hub(settings, metrics, clock, this.owners, receiver -> {
            made.set(new FakeRelay(receiver, bus, clock));
            return Objects.requireNonNull(made.get());
        });
        relay = Objects.requireNonNull(made.get());
    }

    /** With the default settings and one write loop. */
    public HubFixture() {
        this(Map.of());
    }

    /** A broadcast connection whose handshake is answered. */
    public Client connect() throws InterruptedException {
        return connect(Wire.BROADCAST, Topic.BROADCAST);
    }

    public Client connect(Wire wire, Topic topic) throws InterruptedException {
        Client client = shakeHands(wire, topic);
        client.connection().opened();
        return client;
    }

    /** A connection that speaks {@code tidegate.v1}, subscribed to these topics. */
    public Client connectFull(String... topics) throws InterruptedException {
        List<Topic> wanted = Stream.of(topics).map(Topic::new).toList();
        Client client = shakeHands(Wire.FULL, wanted);
        client.connection().opened();
        return client;
    }

    /** A connection whose handshake is not answered yet. */
    public Client shakeHands(Wire wire, Topic topic) throws InterruptedException {
        return shakeHands(wire, List.of(topic));
    }

    /** A connection that speaks {@code tidegate.v1}, of a user who may do everything. */
    public Client connectAs(String user) throws InterruptedException {
        return connectAs(user, Rights.ALL);
    }

    public Client connectAs(String user, Rights rights) throws InterruptedException {
        Client client =
                shakeHands(Wire.FULL, List.of(), new Identity(true, Optional.of(user), rights, Optional.empty()));
        client.connection().opened();
        return client;
    }

    private Client shakeHands(Wire wire, List<Topic> topics) throws InterruptedException {
        return shakeHands(wire, topics, Identity.OPEN);
    }

    private Client shakeHands(Wire wire, List<Topic> topics, Identity identity) throws InterruptedException {
        return open(new Peer(wire, topics, admit(), identity));
    }

    /** A handshake is under way: it has its permit, and no connection. */
    public Admission.Permit admit() {
        return (Admission.Permit) hub.admission().admit(null, InetAddress.getLoopbackAddress(), List.of(), false);
    }

    /** The handshake that has this permit goes on. */
    public Client open(Admission.Permit permit) throws InterruptedException {
        return open(new Peer(Wire.BROADCAST, List.of(Topic.BROADCAST), permit, Identity.OPEN));
    }

    private Client open(Peer peer) throws InterruptedException {
        FakeTransport transport = new FakeTransport();
        return new Client(hub.open(transport, peer), transport);
    }

    /** Lets time pass, as a node that is awake sees it: tick by tick. */
    public void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= TICK_MILLIS) {
            clock.advance(Duration.ofMillis(Math.min(left, TICK_MILLIS)));
            hub.tick();
        }
    }

    @Override
    public void close() {
        hub.close();
        owners.close();
    }
}
