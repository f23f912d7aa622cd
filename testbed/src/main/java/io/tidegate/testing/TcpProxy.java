package io.tidegate.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A loopback port that forwards each connection to another port, chosen for each connection. It can fail in the ways of a
 * network.
 *
 * <p>Each connection has two virtual threads, one for each direction. When one ends, it ends the other.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 8 * 1024;
    private static final int BACKLOG = 1_024;

    private final ServerSocket listener;
    private final Supplier<OptionalInt> target;
    private final Transfer answers;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Gate gate = new Gate();
    private volatile boolean refusing;

    /** Copies what one side of a connection sends to the other side. Returns when there is no more of it. */
    @FunctionalInterface
    public interface Transfer {
        void copy(InputStream from, OutputStream to) throws IOException, InterruptedException;
    }

    private TcpProxy(Supplier<OptionalInt> target, Optional<Transfer> answers) {
        this.target = target;
        this.answers = answers.orElse(this::copy);
        try {
            this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("listening", e);
        }
        Thread.ofVirtual().name("proxy " + port()).start(this::acceptAll);
    }

    /**
     * Listens on a free port.
     *
     * @param target the loopback port for the next connection; empty where the connection must be reset
     */
    public static TcpProxy start(Supplier<OptionalInt> target) {
        return new TcpProxy(target, Optional.empty());
    }

    /**
     * Listens on a free port.
     *
     * @param target the loopback port for all connections
     * @param answers copies what comes from there, also while the proxy is silent
     */
    public static TcpProxy start(int target, Transfer answers) {
        return new TcpProxy(() -> OptionalInt.of(target), Optional.of(answers));
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The number of forwarded connections. */
    public int connections() {
        return sockets.size() / 2;
    }

    /** Resets every connection, and each new one until {@link #mend}. */
    public void cut() {
        refusing = true;
        sockets.forEach(TcpProxy::reset);
    }

    /** Holds all bytes back, without an error, until {@link #mend}. New connections are accepted, and hang too. */
    public void silence() {
        gate.close();
    }

    /** Ends the fault. Bytes that were held back are forwarded. */
    public void mend() {
        refusing = false;
        gate.open();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        gate.open();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> carry(client));
            } catch (SocketException e) {
                // The proxy was closed: the loop ends.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void carry(Socket client) {
        OptionalInt port = refusing ? OptionalInt.empty() : target.get();
        if (port.isEmpty()) {
            reset(client);
            return;
        }
        Socket server = new Socket();
        try {
            gate.pass();
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getAsInt()), 5_000);
            sockets.add(client);
            sockets.add(server);
            if (refusing) {
                reset(client);
            }
            Thread back = Thread.ofVirtual().start(() -> pump(server, client, answers));
            pump(client, server, this::copy);
            back.join();
        } catch (IOException e) {
            reset(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(client);
            end(server);
        }
    }

    private void copy(InputStream from, OutputStream to) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            gate.pass();
            to.write(buffer, 0, count);
        }
    }

    private static void pump(Socket from, Socket to, Transfer transfer) {
        try {
            transfer.copy(from.getInputStream(), to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends a connection with RST instead of FIN. */
    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // The connection has ended already, which is equally good.
        }
    }
}
