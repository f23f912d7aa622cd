package io.tidegate.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import io.tidegate.hub.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The socket below Helidon's HTTP connection, once that has been upgraded. */
final class SocketTransport implements Transport {
    private final HelidonSocket socket;

    SocketTransport(ConnectionContext context) {
        this.socket = context.serverSocket();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            socket.write(BufferData.create(bytes));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void abort() {
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // It is closed, or the reading thread will find out what is wrong with it.
        }
    }
}
