package io.tidegate.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Author;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** Reads one message of 200 bytes, and writes one message of a batch of several, on each wire. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private static final int BATCH = 16;
    private static final long NOW = 1_732_406_400_000L;

    private final Message full =
            text("{\"type\":\"publish\",\"topic\":\"room\",\"id\":\"c1-17\",\"user\":\"ann\",\"message\":\"%s\"}");
    private final Message plain = text("{\"user\":\"ann\",\"message\":\"%s\"}");
    private final Topic topic = new Topic("room");
    private final Position first = new Position("1", 17);
    private final List<Message> decoded = Collections.nCopies(BATCH, message(plain));

    private static Message text(String format) {
        String filling = "x".repeat(200 - format.length() + 2);
        return new Message(Opcode.TEXT, format.formatted(filling).getBytes(UTF_8));
    }

    private static Message message(Message received) {
        return ((ClientFrame.Publish) Wire.PLAIN.decode(received, NOW, Author.AS_WRITTEN)).message();
    }

    @Benchmark
    public ClientFrame decodeFull() {
        return Wire.FULL.decode(full, NOW, Author.AS_WRITTEN);
    }

    @Benchmark
    public ClientFrame decodePlain() {
        return Wire.PLAIN.decode(plain, NOW, Author.AS_WRITTEN);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public FrameBatch encodeFull() {
        return Wire.FULL.encode(topic, first, decoded);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public FrameBatch encodePlain() {
        return Wire.PLAIN.encode(topic, first, decoded);
    }
}
