package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.task.HelidonTaskExecutor;
import io.helidon.common.task.InterruptableTask;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.SocketRefusal;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BoundedListenerTest {
    private final Metrics metrics = new Metrics();
    private final SocketLimit limit = new SocketLimit(1, "a bound", SocketRefusal.LIMIT, metrics);
    private final Accepting socket = new Accepting();
    private final Held threads = new Held();
    private int pauses;
    private final BoundedListener listener;

    BoundedListenerTest() throws IOException {
        listener = new BoundedListener(
                "websocket", socket, threads, limit, new TlsHandshakes(System::nanoTime), () -> pauses++);
    }

    @Test
    void anAcceptThatFailsIsTriedAgainAndCounted() throws IOException {
        Socket first = new Socket();
        socket.next.add(new SocketException("Too many open files"));
        socket.next.add(new SocketException("Too many open files"));
        socket.next.add(first);
        assertSame(first, listener.accept());
        assertEquals(2, pauses);
        assertEquals(2, metrics.socketsRefused(SocketRefusal.ACCEPT).value());
    }

    @Test
    void aListenerThatIsClosedEnds() throws IOException {
        listener.close();
        socket.next.add(new SocketException("Socket closed"));
        assertThrows(SocketException.class, listener::accept);
        assertTrue(listener.isClosed());
        assertEquals(0, pauses);
    }

    @Test
    void aConnectionAboveTheBoundIsClosedAtOnceAndOneIsTakenWhenAnotherEnds() throws Exception {
        Socket first = new Socket();
        Socket above = new Socket();
        socket.next.add(first);
        assertSame(first, listener.accept());
        var unused = listener.execute(new Connection());
        socket.next.add(above);
        socket.next.add(new SocketException("Socket closed"));
        socket.closedWhenEmpty = true;
        assertThrows(SocketException.class, listener::accept);
        assertTrue(above.isClosed());
        assertEquals(1, metrics.socketsRefused(SocketRefusal.LIMIT).value());

        threads.held.remove().call();
        Socket next = new Socket();
        socket.next.add(next);
        assertSame(next, listener.accept());
    }

    @Test
    void aConnectionThatGetsNoThreadLeavesTheBound() throws IOException {
        socket.next.add(new Socket());
        var unused = listener.accept();
        threads.rejects = true;
        assertThrows(IllegalStateException.class, () -> listener.execute(new Connection()));
        Socket next = new Socket();
        socket.next.add(next);
        assertSame(next, listener.accept());
        assertEquals(1, limit.open());
    }

    /** Accepts, or fails to, as it is told. */
    private static final class Accepting extends ServerSocket {
        final Deque<Object> next = new ArrayDeque<>();
        boolean closedWhenEmpty;

        Accepting() throws IOException {}

        @Override
        public Socket accept() throws IOException {
            Object now = next.remove();
            if (now instanceof IOException failure) {
                throw failure;
            }
            return (Socket) now;
        }

        @Override
        public boolean isClosed() {
            return super.isClosed() || (closedWhenEmpty && next.isEmpty());
        }
    }

    private static final class Connection implements InterruptableTask<Void> {
        @Override
        public boolean canInterrupt() {
            return true;
        }

        @Override
        public void run() {}
    }

    /** Runs nothing by itself. */
    private static final class Held implements HelidonTaskExecutor {
        final Deque<InterruptableTask<?>> held = new ArrayDeque<>();
        boolean rejects;

        @Override
        public <T> Future<T> execute(InterruptableTask<T> task) {
            if (rejects) {
                throw new RejectedExecutionException();
            }
            held.add(task);
            return new CompletableFuture<>();
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean terminate(long timeout, TimeUnit unit) {
            return true;
        }

        @Override
        public void forceTerminate() {}

        @Override
        public void close() {}
    }
}
