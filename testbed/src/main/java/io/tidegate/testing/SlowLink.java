package io.tidegate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** A loopback port that forwards connections to another port. The answers from there are delayed, in their order. */
public final class SlowLink implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile long delayNanos;

    /** Some bytes, and when they are forwarded. No bytes stand for the end. */
    private record Chunk(byte[] bytes, long dueNanos) {}

    private SlowLink(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** Listens on a free port, and forwards to this port without delay. */
    public static SlowLink to(int target) {
        try {
            SlowLink link = new SlowLink(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
            Thread.ofPlatform().daemon().name("slow link").start(link::acceptAll);
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Sets the delay of all later answers. */
    public void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(SlowLink::end);
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                sockets.add(near);
                sockets.add(far);
                BlockingQueue<Chunk> back = new LinkedBlockingQueue<>();
                start(() -> near.getInputStream().transferTo(far.getOutputStream()), far);
                start(() -> read(far.getInputStream(), back), far);
                start(() -> write(back, near.getOutputStream()), near);
            }
        } catch (IOException e) {
            // The link was closed.
        }
    }

    private void read(InputStream in, BlockingQueue<Chunk> back) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                back.add(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime() + delayNanos));
            }
        } finally {
            back.add(new Chunk(new byte[0], System.nanoTime()));
        }
    }

    private static void write(BlockingQueue<Chunk> back, OutputStream out) throws IOException, InterruptedException {
        for (Chunk chunk = back.take(); chunk.bytes().length > 0; chunk = back.take()) {
            for (long left = left(chunk); left > 0; left = left(chunk)) {
                LockSupport.parkNanos(left);
            }
            out.write(chunk.bytes());
        }
    }

    private static long left(Chunk chunk) {
        return chunk.dueNanos() - System.nanoTime();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Runs work on a new thread. When the work ends, the socket is closed. */
    private static void start(Work work, Socket socket) {
        Thread.ofPlatform().daemon().name("slow link").start(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // One side has ended.
            } finally {
                end(socket);
            }
        });
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
