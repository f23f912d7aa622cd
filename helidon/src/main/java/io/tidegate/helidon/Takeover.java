package io.tidegate.helidon;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import java.lang.reflect.Field;
import java.net.Socket;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection that has become a WebSocket over from Helidon, which then forgets it: the WebSocket has a thread of
 * its own, and Helidon's objects of the connection are garbage. Helidon 4.2.6 would keep them as long as the socket: a
 * buffer of 8 KiB, the request, and the stack frames below the connection.
 *
 * <p>Helidon's {@code ConnectionHandler} closes its socket when it returns, and nothing can tell it not to. So its private
 * field gets another socket, which does nothing. If that is not possible, or if sockets have no descriptors (see {@link
 * NativeSender}), no connection is taken over: its WebSocket then runs inside of Helidon's handler. The two are coupled so
 * that there are only two ways, and both are tested.
 *
 * <p>One for each connection, used by the connection's first thread.
 */
final class Takeover {
    /** The takeover of this thread's connection. */
    private static final ScopedValue<Takeover> CURRENT = ScopedValue.newInstance();

    /** What Helidon's handler has, and closes, instead of a socket that was taken over. */
    private static final HelidonSocket NONE = new TakenSocket(new Socket());

    private static final @Nullable Field SOCKET;
    private static final String PROBLEM;

    static {
        Field socket = null;
        String problem = NativeSender.problem();
        if (problem.isEmpty()) {
            try {
                socket = findSocket();
            } catch (ReflectiveOperationException | RuntimeException e) {
                problem = e.toString();
            }
        }
        SOCKET = socket;
        PROBLEM = problem;
    }

    /** What runs when Helidon's handler has returned, on a thread of its own. */
    @FunctionalInterface
    interface WebSocket {
        /** Runs to the end of the connection, and closes its socket. An interruption ends it. */
        void run() throws InterruptedException;
    }

    private final Object handler;
    private final Socket socket;
    private @Nullable WebSocket webSocket;

    /**
     * Nothing is taken over yet.
     *
     * @param handler Helidon's task for the connection
     * @param socket the one that was accepted; an encrypted one is not taken over, because its handler is not {@link #run}
     */
    Takeover(Object handler, Socket socket) {
        this.handler = handler;
        this.socket = socket;
    }

    /** The reason why no connection is taken over; empty where connections are. */
    static String problem() {
        return PROBLEM;
    }

    /** The socket for a WebSocket on this thread's connection: it does not refer to Helidon's if it can be taken over. */
    static HelidonSocket socket(ConnectionContext context) {
        return CURRENT.isBound() ? new TakenSocket(CURRENT.get().socket) : context.serverSocket();
    }

    /**
     * Takes this thread's connection over. The caller then returns to Helidon, and leaves the socket alone.
     *
     * @return false where the connection stays Helidon's
     */
    static boolean take(WebSocket webSocket) {
        return CURRENT.isBound() && CURRENT.get().release(webSocket);
    }

    private boolean release(WebSocket next) {
        try {
            if (SOCKET == null) {
                return false;
            }
            SOCKET.set(handler, NONE);
        } catch (IllegalAccessException | IllegalArgumentException e) {
            return false;
        }
        webSocket = next;
        return true;
    }

    /** Runs Helidon's handler, to its end or until the connection is taken over. */
    <T> T run(InterruptableTask<T> helidon) throws Exception {
        return SOCKET == null
                ? helidon.call()
                : ScopedValue.where(CURRENT, this).call(helidon::call);
    }

    /** What goes on with the connection; empty where Helidon has closed it. */
    Optional<WebSocket> webSocket() {
        return Optional.ofNullable(webSocket);
    }

    private static Field findSocket() throws ReflectiveOperationException {
        Field field = Class.forName("io.helidon.webserver.ConnectionHandler").getDeclaredField("helidonSocket");
        field.setAccessible(true);
        return field;
    }
}
