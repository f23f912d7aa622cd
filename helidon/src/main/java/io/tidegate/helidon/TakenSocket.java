package io.tidegate.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the JDK, without what Helidon's socket keeps: a connection that waits for bytes has a buffer for one small
 * frame. What is larger is read into an array of its size, as soon as it has come.
 *
 * <p>One thread reads and one writes at a time; any thread closes.
 */
final class TakenSocket implements HelidonSocket {
    /** Bytes of the buffer. A frame that is not larger takes one system call, a larger one takes three. */
    static final int SMALL = 256;

    /** The most bytes that are returned at once: as many as Helidon's socket returns. */
    static final int MOST = 8 << 10;

    private final Socket socket;
    private final byte[] small = new byte[SMALL];

    TakenSocket(Socket socket) {
        this.socket = socket;
    }

    /** The socket of the JDK. */
    Socket socket() {
        return socket;
    }

    /**
     * Waits for bytes, and returns all that have come, at most {@link #MOST}.
     *
     * @return null at the end of the stream
     * @throws UncheckedIOException where the connection was reset or closed
     */
    @Override
    public byte @Nullable [] get() {
        try {
            InputStream in = socket.getInputStream();
            int read = in.read(small, 0, SMALL);
            if (read < 0) {
                return null;
            }
            // Only what has come is asked for, so the large array never waits.
            int more = read < SMALL ? 0 : Math.min(in.available(), MOST - SMALL);
            byte[] bytes = Arrays.copyOf(small, read + more);
            int length = more == 0 ? read : read + Math.max(0, in.read(bytes, read, more));
            return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int read(BufferData buffer) {
        try {
            return buffer.readFrom(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(BufferData buffer) {
        try {
            buffer.writeTo(socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isConnected() {
        return !socket.isClosed();
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public String socketId() {
        return "taken over";
    }

    @Override
    public String childSocketId() {
        return "";
    }

    @Override
    public void idle() {
        throw new UnsupportedOperationException("only Helidon's clients call this");
    }

    @Override
    public PeerInfo remotePeer() {
        throw new UnsupportedOperationException("the handshake knows the peer");
    }

    @Override
    public PeerInfo localPeer() {
        throw new UnsupportedOperationException("the handshake knows the address");
    }
}
