package io.tidegate.helidon;

import io.helidon.common.task.HelidonTaskExecutor;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.tidegate.metrics.Metrics.SocketRefusal;
import io.tidegate.node.Node;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a {@link BoundedListener} into each listener. It also gives the management listener platform threads, one for each
 * connection, so that operators' requests do not need the carrier threads that all virtual threads share. Helidon 4.2.6
 * accepts on a platform thread of the listener, but has no setting for the threads that read, or for what a failed accept
 * means. So private fields of {@code ServerListener} are set when the server has started. If that fails, the server logs
 * one line, and the listeners stay Helidon's.
 */
final class ListenerGuard implements HttpService {
    private static final System.Logger LOG = System.getLogger(ListenerGuard.class.getName());
    private static final String PACKAGE = "io.helidon.webserver.";
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int CONNECT_MILLIS = 1000;

    private final Node node;
    private final TlsHandshakes handshakes;
    private final SocketLimit clients;
    private final SocketLimit operators;

    /**
     * A guard for all listeners. It takes effect when it is registered in the routing of one of them.
     *
     * @param managementConnections the largest number of open connections to the management port
     */
    ListenerGuard(Node node, TlsHandshakes handshakes, int managementConnections) {
        this.node = node;
        this.handshakes = handshakes;
        this.clients = new SocketLimit(
                node.sockets(),
                "tidegate.limits.sockets",
                SocketRefusal.LIMIT,
                node.hub().metrics());
        this.operators = new SocketLimit(
                managementConnections,
                "of tidegate.management.port",
                SocketRefusal.MANAGEMENT,
                node.hub().metrics());
    }

    @Override
    public void routing(HttpRules rules) {}

    @Override
    public void afterStart(WebServer server) {
        try {
            // The first virtual thread that waits loads the JDK's poller. If the process has no descriptor left for the
            // poller then, no virtual thread of this process can ever read (JDK 25). So the poller is loaded here.
            Class.forName("sun.nio.ch.Poller");
            Map<?, ?> listeners = (Map<?, ?>) field("LoomServer", "listeners").get(server);
            for (Map.Entry<?, ?> listener : listeners.entrySet()) {
                guard(label(listener.getKey().toString()), listener.getValue());
            }
            if (!Takeover.problem().isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Each connection takes about three times the memory, because Helidon keeps its part of it: {0}",
                        Takeover.problem());
            }
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The listeners are not protected, so busy clients can delay the management port, and too many"
                            + " connections can stop a listener: {0}",
                    e.toString());
        }
    }

    private void guard(String name, Object listener) throws ReflectiveOperationException, IOException {
        boolean management = name.equals(Listeners.MANAGEMENT);
        Field accepting = field("ServerListener", "serverSocket");
        Field executing = field("ServerListener", "readerExecutor");
        ServerSocket socket = (ServerSocket) accepting.get(listener);
        HelidonTaskExecutor threads = management ? ownThreads() : (HelidonTaskExecutor) executing.get(listener);
        BoundedListener bounded = new BoundedListener(
                name,
                socket,
                threads,
                management ? operators : clients,
                handshakes,
                () -> LockSupport.parkNanos(ListenerGuard.class, PAUSE_NANOS));
        executing.set(listener, bounded);
        accepting.set(listener, bounded);
        node.health().watch(name, () -> !bounded.isClosed());
        wake(socket);
    }

    /**
     * The listener's thread is already in an accept of its first socket. One connection ends that accept, and the next
     * accept uses the new socket.
     */
    private static void wake(ServerSocket listener) throws IOException {
        InetAddress address = listener.getInetAddress().isAnyLocalAddress()
                ? InetAddress.getLoopbackAddress()
                : listener.getInetAddress();
        try (Socket once = new Socket()) {
            once.connect(new InetSocketAddress(address, listener.getLocalPort()), CONNECT_MILLIS);
        }
    }

    private static String label(String name) {
        return name.equals(WebServer.DEFAULT_SOCKET_NAME) ? "websocket" : name;
    }

    private static HelidonTaskExecutor ownThreads() throws ReflectiveOperationException {
        ThreadFactory threads =
                Thread.ofPlatform().daemon().name("tidegate-management-", 0).factory();
        Method create =
                Class.forName(PACKAGE + "ThreadPerTaskExecutor").getDeclaredMethod("create", ThreadFactory.class);
        create.setAccessible(true);
        return (HelidonTaskExecutor) create.invoke(null, threads);
    }

    private static Field field(String type, String name) throws ReflectiveOperationException {
        Field field = Class.forName(PACKAGE + type).getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
