package io.tidegate.helidon;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * An HTTP connection on a platform thread of {@link ListenerGuard}. To end a connection that reads, Helidon interrupts
 * its thread. An interrupt has no effect on a platform thread in a read (JDK, {@code Socket.getInputStream}), so here the
 * socket is closed too. Such a connection never has a {@link SocketTransport}.
 *
 * @param http an HTTP/1.1 connection of Helidon
 */
record ManagementConnection(ServerConnection http, HelidonSocket socket) implements ServerConnection {

    @Override
    public void handle(Limit limit) throws InterruptedException {
        http.handle(limit);
    }

    @Override
    public Duration idleTime() {
        return http.idleTime();
    }

    /** Closes like Helidon: a request that is being answered is cut only if {@code interrupt} is set. */
    @Override
    public void close(boolean interrupt) {
        boolean waits = http instanceof InterruptableTask<?> task && task.canInterrupt();
        http.close(interrupt);
        if (interrupt || waits) {
            try {
                socket.close();
            } catch (UncheckedIOException e) {
                // It is closed already.
            }
        }
    }

    /**
     * Makes such connections.
     *
     * @param http Helidon's selector of HTTP/1.1
     */
    static ServerConnectionSelector selector(ServerConnectionSelector http) {
        return new HttpSelector(
                http, context -> new ManagementConnection(http.connection(context), context.serverSocket()));
    }
}
