package io.tidegate.bench;

import io.tidegate.access.Identity;
import io.tidegate.hub.Admission;
import io.tidegate.hub.Connection;
import io.tidegate.hub.Hub;
import io.tidegate.hub.Peer;
import io.tidegate.hub.Transport;
import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.relay.MemoryBus;
import io.tidegate.relay.MemoryRelay;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.time.Clock;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A message from the receive of one connection to the sockets of all, which cost nothing here: decode, in-process relay, inbox,
 * framing, queues, write loop. The result is the time of one delivery.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FanOutBenchmark {
    private static final int DELIVERIES = 10_000;

    /** The number of connections in the topic of each sender, which is also the number of deliveries of one message. */
    @Param({"10", "1000"})
    public int subscribers;

    private final LongAdder delivered = new LongAdder();
    private final List<Connection> senders = new ArrayList<>();
    private final Message message = new Message(Opcode.BINARY, new byte[200]);
    private final int frame = FrameBatch.of(List.of(message)).length();
    private Hub hub = hub();

    private static Hub hub() {
        Settings settings = SettingsReader.read(Map.of(), Map.of());
        Metrics metrics = new Metrics();
        Clock clock = Clock.system();
        return new Hub(
                settings,
                metrics,
                clock,
                new Threads(metrics.defects()::increment),
                receiver -> new MemoryRelay(
                        new MemoryBus(settings, new Threads(() -> {}), clock), receiver, metrics, clock));
    }

    /** A thousand connections in topics of {@link #subscribers} connections. */
    @Setup(Level.Trial)
    public void connect() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            Topic topic = subscribers == 1_000 ? Topic.BROADCAST : new Topic("/" + i / subscribers);
            Admission.Permit permit =
                    (Admission.Permit) hub.admission().admit(null, InetAddress.getLoopbackAddress(), List.of(), false);
            Connection connection =
                    hub.open(new Nowhere(delivered), new Peer(Wire.BROADCAST, List.of(topic), permit, Identity.OPEN));
            connection.opened();
            if (i % subscribers == 0) {
                senders.add(connection);
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        hub.close();
    }

    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public void deliver() throws InterruptedException {
        long expected = delivered.sum() + (long) DELIVERIES * frame;
        for (int i = 0; i < DELIVERIES / subscribers; i++) {
            senders.get(i % senders.size()).receive(message);
        }
        while (delivered.sum() < expected) {
            Thread.onSpinWait();
        }
    }

    private record Nowhere(LongAdder delivered) implements Transport {
        @Override
        public int writeNow(byte[] bytes) {
            delivered.add(bytes.length);
            return bytes.length;
        }

        @Override
        public void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done) {
            throw new IllegalStateException("all is taken at once");
        }

        @Override
        public long restTaken() {
            return 0;
        }

        @Override
        public void abort() {
            throw new IllegalStateException("nothing of this benchmark is cut");
        }
    }
}
