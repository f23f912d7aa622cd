package io.tidegate.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.tidegate.hub.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The socket below Helidon's HTTP connection, once that has been upgraded. */
final class SocketTransport implements Transport {
    private final ConnectionContext context;

    SocketTransport(ConnectionContext context) {
        this.context = context;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            context.dataWriter().writeNow(BufferData.create(bytes));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void abort() {
        try {
            context.serverSocket().close();
        } catch (UncheckedIOException e) {
            // It is closed, or the reading thread will find out what is wrong with it.
        }
    }
}
