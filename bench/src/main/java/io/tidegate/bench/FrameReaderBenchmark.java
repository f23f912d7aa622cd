package io.tidegate.bench;

import io.tidegate.framing.FrameReader;
import io.tidegate.framing.Inbound;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reads one masked text frame (RFC 6455, section 5.2) that has arrived whole: header, mask, UTF-8. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameReaderBenchmark {
    private static final int MAX_MESSAGE = 1 << 16;
    private static final int MASK = 0x37fa213d;

    /** The length of the text in bytes. */
    @Param({"20", "200", "16384"})
    public int size;

    private FrameReader frames = new FrameReader(() -> null, MAX_MESSAGE);

    /** A connection on which the same frame arrives repeatedly. */
    @Setup
    public void arrive() {
        byte[] frame = masked(size);
        frames = new FrameReader(() -> frame, MAX_MESSAGE);
    }

    @Benchmark
    public Inbound read() {
        return frames.next();
    }

    private static byte[] masked(int size) {
        ByteBuffer frame = ByteBuffer.allocate(8 + size).put((byte) 0x81);
        if (size < 126) {
            frame.put((byte) (0x80 | size));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) size);
        }
        frame.putInt(MASK);
        for (int i = 0; i < size; i++) {
            frame.put((byte) ('x' ^ (MASK >>> (8 * (3 - i % 4)))));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }
}
