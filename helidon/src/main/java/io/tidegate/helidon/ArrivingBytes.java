package io.tidegate.helidon;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.tidegate.framing.ByteSource;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The bytes after a handshake: first those that Helidon has read with it, then those of the socket. */
final class ArrivingBytes implements ByteSource {
    private final HelidonSocket socket;

    /** What Helidon has read beyond the handshake; null when it is passed on, or where there is none. */
    private byte @Nullable [] begun;

    /**
     * The bytes from here on.
     *
     * @param request where Helidon has read the handshake from; it must not be read any more
     */
    ArrivingBytes(DataReader request, HelidonSocket socket) {
        this.socket = socket;
        this.begun = request.available() > 0 ? RequestReader.pull(request) : null;
    }

    @Override
    public byte @Nullable [] next() {
        byte[] first = begun;
        if (first != null) {
            begun = null;
            return first;
        }
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            return null;
        }
    }
}
