package io.tidegate.helidon;

import io.helidon.common.task.HelidonTaskExecutor;
import io.helidon.common.task.InterruptableTask;
import io.tidegate.owner.OutOfMemory;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a Helidon listener and its socket, and between the listener and the threads of its connections. Helidon
 * 4.2.6 ends a listener for good when an accept fails, and an accept fails while the process has no free descriptor.
 * Helidon's own limit ({@code max-tcp-connections}) leaves further connections waiting, and each of them has a descriptor
 * in the kernel.
 *
 * <p>Only the listener's thread accepts and executes, in turn.
 */
final class BoundedListener extends ServerSocket implements HelidonTaskExecutor {
    /** The name of all threads that read a WebSocket, so that it costs no memory for each. */
    private static final String THREAD = "tidegate-websocket";

    private final String name;
    private final ServerSocket socket;
    private final HelidonTaskExecutor threads;
    private final SocketLimit limit;
    private final TlsHandshakes handshakes;
    private final Runnable pause;

    /** A connection that was accepted and counted, and has no thread yet. */
    private @Nullable Socket pending;

    /**
     * Nothing is accepted yet.
     *
     * @param name of the listener, for the log
     * @param threads run the connections
     * @param pause waits until the next attempt after a failed accept
     */
    BoundedListener(
            String name,
            ServerSocket socket,
            HelidonTaskExecutor threads,
            SocketLimit limit,
            TlsHandshakes handshakes,
            Runnable pause)
            throws IOException {
        this.name = name;
        this.socket = socket;
        this.threads = threads;
        this.limit = limit;
        this.handshakes = handshakes;
        this.pause = pause;
    }

    /** Returns a connection within the limit, and closes others. Throws only if the listener is closed. */
    @Override
    public Socket accept() throws IOException {
        dropped();
        while (true) {
            Socket accepted;
            try {
                accepted = socket.accept();
            } catch (IOException e) {
                if (socket.isClosed()) {
                    throw e;
                }
                limit.failed(name, e);
                pause.run();
                continue;
            }
            if (limit.enter()) {
                pending = accepted;
                return accepted;
            }
            close(accepted);
        }
    }

    /** Helidon closes a connection if it cannot set the socket's options. Such a connection gets no thread. */
    private void dropped() {
        if (pending != null) {
            pending = null;
            limit.leave();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The descriptor is free in spite of the failure.
        }
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public <T> Future<T> execute(InterruptableTask<T> connection) {
        Socket counted = pending;
        try {
            Future<T> future = threads.execute(counted == null ? connection : new Counted<>(connection, counted, this));
            pending = null;
            return future;
        } catch (RejectedExecutionException e) {
            // The server is ending. Helidon logs the stack trace of a rejection, but not of another exception.
            throw new IllegalStateException("no connections any more", e);
        } catch (Error e) {
            // Helidon ends the listener.
            OutOfMemory.check(e);
            throw e;
        }
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean terminate(long timeout, TimeUnit unit) {
        return threads.terminate(timeout, unit);
    }

    @Override
    public void forceTerminate() {
        threads.forceTerminate();
    }

    /** Ends accepting, as Helidon expects of a server socket. {@link #terminate} ends the threads. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Helidon's handler has returned: the connection has ended, unless it was taken over. */
    private void returned(Optional<Takeover.WebSocket> webSocket) throws Exception {
        if (webSocket.isEmpty()) {
            limit.leave();
            return;
        }
        Taken taken = new Taken(webSocket.get(), limit);
        try {
            var unused = threads.execute(taken);
        } catch (RejectedExecutionException e) {
            // The server is ending, and interrupts this thread.
            taken.call();
        }
    }

    /** A connection that leaves the limit when it ends. */
    private record Counted<T>(InterruptableTask<T> connection, Socket socket, BoundedListener listener)
            implements InterruptableTask<T> {
        @Override
        public boolean canInterrupt() {
            return connection.canInterrupt();
        }

        @Override
        public @Nullable T call() throws Exception {
            Takeover takeover = new Takeover(connection, socket);
            try {
                return socket instanceof SSLSocket encrypted
                        ? listener.handshakes.run(encrypted, connection, listener.limit.tlsFailed())
                        : takeover.run(connection);
            } catch (Error e) {
                // Only the future of the thread keeps the error, and nothing reads that future.
                OutOfMemory.check(e);
                throw e;
            } finally {
                listener.returned(takeover.webSocket());
            }
        }
    }

    /**
     * A connection that was taken over from Helidon: nothing of Helidon's can be reached from here. The result is an
     * Object, which saves a stack frame.
     */
    private record Taken(Takeover.WebSocket webSocket, SocketLimit limit) implements InterruptableTask<Object> {
        /** Like Helidon's own after an upgrade: an interruption closes the socket that is being read. */
        @Override
        public boolean canInterrupt() {
            return true;
        }

        @Override
        public @Nullable Object call() throws InterruptedException {
            Thread.currentThread().setName(THREAD);
            try {
                webSocket.run();
                return null;
            } catch (Error e) {
                OutOfMemory.check(e);
                throw e;
            } finally {
                limit.leave();
            }
        }
    }
}
