package io.tidegate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** A loopback port that forwards connections to another port. The answers from there are delayed, in their order. */
public final class SlowLink implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final TcpProxy proxy;
    private volatile long delayNanos;

    /** Some bytes, and when they are forwarded. No bytes stand for the end. */
    private record Chunk(byte[] bytes, long dueNanos) {}

    private SlowLink(int target) {
        proxy = TcpProxy.start(target, this::copy);
    }

    /** Listens on a free port, and forwards to this port without delay. */
    public static SlowLink to(int target) {
        return new SlowLink(target);
    }

    public int port() {
        return proxy.port();
    }

    /** Sets the delay of all later answers. */
    public void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    @Override
    public void close() {
        proxy.close();
    }

    /** Reads on a thread of its own, so that the delay of a chunk begins when it has come. */
    private void copy(InputStream from, OutputStream to) throws IOException, InterruptedException {
        BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
        Thread.ofVirtual().name("slow link").start(() -> read(from, chunks));
        for (Chunk chunk = chunks.take(); chunk.bytes().length > 0; chunk = chunks.take()) {
            for (long left = left(chunk); left > 0; left = left(chunk)) {
                LockSupport.parkNanos(left);
            }
            to.write(chunk.bytes());
        }
    }

    private void read(InputStream in, BlockingQueue<Chunk> chunks) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                chunks.add(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime() + delayNanos));
            }
        } catch (IOException e) {
            // The connection has ended.
        } finally {
            chunks.add(new Chunk(new byte[0], System.nanoTime()));
        }
    }

    private static long left(Chunk chunk) {
        return chunk.dueNanos() - System.nanoTime();
    }
}
