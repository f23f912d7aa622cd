package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Opcode;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One batch passes the queue of one connection among a thousand, to a socket that costs nothing. It measures the cost of a
 * delivery without its system call. The benchmark's thread does the work of the write loop at the end of a round.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueBenchmark {
    private static final int CONNECTIONS = 1_000;
    private static final int LIMIT = 1 << 20;

    private final FrameBatch batch = FrameBatch.of(Opcode.TEXT, new byte[200]);
    private final Outbound outbound = new Outbound(LIMIT, event -> {}, defect -> {}, new Metrics());
    private final OutboundQueue[] queues = queues();

    private OutboundQueue[] queues() {
        OutboundQueue[] made = new OutboundQueue[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            made[i] = new OutboundQueue(new Nowhere(), outbound, null);
            made[i].open();
        }
        return made;
    }

    private static final class Nowhere implements Transport {
        private int written;

        @Override
        public int writeNow(byte[] bytes) {
            written += bytes.length;
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
            throw new IllegalStateException("aborted after " + written + " bytes");
        }
    }

    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public void offerAndWrite() {
        for (OutboundQueue queue : queues) {
            queue.offer(batch);
        }
        outbound.write();
    }

    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public void offerThriceAndWrite() {
        for (int i = 0; i < 3; i++) {
            for (OutboundQueue queue : queues) {
                queue.offer(batch);
            }
        }
        outbound.write();
    }
}
