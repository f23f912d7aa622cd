package io.tidegate.helidon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.tidegate.hub.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The socket below Helidon's HTTP connection, once that has been upgraded.
 *
 * <p>A descriptor that is closed may be another connection's at once, and what is sent on it would reach a stranger. So it
 * is used under the lock, and {@link #abort} takes it away under the lock before the socket is closed: a thread that closes the
 * socket has to call that first, or {@link #release}.
 */
final class SocketTransport implements Transport {
    /** Bytes of a write that waits for the peer, so that one that reads can be told from one that does not. */
    private static final int PIECE = 16 << 10;

    private final HelidonSocket socket;
    private final Runnable closing;

    /** That of the one thread that writes at once; null before it has. */
    @GuardedBy("this")
    private @Nullable NativeSender sender;

    @GuardedBy("this")
    private int descriptor;

    /** Written by the thread of the one write that is under way. */
    private volatile long restTaken;

    SocketTransport(HelidonSocket socket) {
        this(socket, NativeSender.descriptor(socket));
    }

    SocketTransport(HelidonSocket socket, int descriptor) {
        this.socket = socket;
        this.descriptor = descriptor;
        this.closing = closing(socket);
    }

    /** How this thread's connection is closed from any other, without waiting for the peer. */
    private static Runnable closing(HelidonSocket socket) {
        if (!socket.isSecure()) {
            return () -> close(socket);
        }
        return TlsHandshakes.socket()
                .<Runnable>map(encrypted -> () -> TlsHandshakes.close(encrypted))
                .orElse(() -> Thread.startVirtualThread(() -> close(socket)));
    }

    private static void close(HelidonSocket socket) {
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // It is closed, or the reading thread will find out what is wrong with it.
        }
    }

    @Override
    public long restTaken() {
        return restTaken;
    }

    @Override
    public synchronized int writeNow(byte[] bytes) {
        if (descriptor == NativeSender.NO_DESCRIPTOR) {
            return 0;
        }
        NativeSender present = sender;
        if (present == null) {
            present = NativeSender.ofThread();
            sender = present;
        }
        return present.send(descriptor, bytes);
    }

    @Override
    public void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done) {
        Thread.startVirtualThread(() -> {
            Exception failure = null;
            try {
                write(bytes, from);
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
            done.accept(failure);
        });
    }

    /**
     * Writes these bytes from an index on. Blocks for as long as the peer does not read.
     *
     * @throws IOException where the connection is gone, or was aborted meanwhile
     */
    void write(byte[] bytes, int from) throws IOException {
        long before = restTaken;
        try {
            for (int at = from; at < bytes.length; at += PIECE) {
                int length = Math.min(PIECE, bytes.length - at);
                // Not create: that one writes beyond the end unless it begins at 0 (Helidon 4.2.6).
                socket.write(BufferData.createReadOnly(bytes, at, length));
                restTaken = before + at + length - from;
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Leaves the socket to Helidon, which may close it: nothing is sent at once any more. Any thread. */
    synchronized void release() {
        descriptor = NativeSender.NO_DESCRIPTOR;
    }

    @Override
    public void abort() {
        release();
        closing.run();
    }
}
