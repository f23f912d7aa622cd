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
 * The socket of a Helidon HTTP connection after its upgrade.
 *
 * <p>The number of a closed descriptor may be given to another connection at once, and bytes that are sent on it would
 * reach a stranger. So the descriptor is used under the lock, and {@link #abort} removes it under the lock before the
 * socket is closed. A thread that closes the socket must first call that, or {@link #release}.
 */
final class SocketTransport implements Transport {
    /** Bytes of a piece of a write that waits for the peer. Pieces show whether the peer reads. */
    private static final int PIECE = 16 << 10;

    private final HelidonSocket socket;
    private final Runnable closing;

    /** The sender of the write loop's thread; null before its first write. */
    @GuardedBy("this")
    private @Nullable NativeSender sender;

    @GuardedBy("this")
    private int descriptor;

    /** Only the thread of the current write changes this field. */
    private volatile long restTaken;

    SocketTransport(HelidonSocket socket) {
        this(socket, NativeSender.descriptor(socket));
    }

    SocketTransport(HelidonSocket socket, int descriptor) {
        this.socket = socket;
        this.descriptor = descriptor;
        this.closing = closing(socket);
    }

    /** Returns an action that closes this thread's connection from any other thread, without waiting for the peer. */
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
            // It is closed already, or the reading thread will notice the failure.
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
                // Not create, which writes beyond the end unless it begins at 0 (Helidon 4.2.6).
                socket.write(BufferData.createReadOnly(bytes, at, length));
                restTaken = before + at + length - from;
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Leaves the socket to Helidon, which may close it: nothing more is sent by descriptor. Any thread. */
    synchronized void release() {
        descriptor = NativeSender.NO_DESCRIPTOR;
    }

    @Override
    public void abort() {
        release();
        closing.run();
    }
}
