package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import io.helidon.common.socket.TlsSocket;
import io.tidegate.testing.Await;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On real sockets, since descriptors are what it is about. */
@EnabledOnOs(OS.LINUX)
class SocketTransportTest {
    private final List<Socket> open = new ArrayList<>();
    private ServerSocket server;

    /** Both ends of a connection. */
    private record Pair(HelidonSocket helidon, Socket peer) {}

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Test
    void whatFitsIsTakenAtOnce() throws IOException {
        assertEquals("", NativeSender.problem());
        Pair pair = connect();
        byte[] bytes = random(10_000);

        assertEquals(bytes.length, new SocketTransport(pair.helidon).writeNow(bytes));

        assertArrayEquals(bytes, pair.peer.getInputStream().readNBytes(bytes.length));
    }

    @Test
    void whatDoesNotFitIsLeftToTheWriteThatWaits() throws Exception {
        Pair pair = connect();
        SocketTransport transport = new SocketTransport(pair.helidon);
        byte[] bytes = random(100_000);
        int whole = 0;
        int taken;
        while ((taken = transport.writeNow(bytes)) == bytes.length) {
            whole++;
        }
        assertTrue(whole > 0 && taken < bytes.length, whole + " whole ones, then " + taken + " bytes");
        assertEquals(0, transport.writeNow(bytes), "there is no room at all now");

        int from = taken;
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                transport.write(bytes, from);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        for (int i = 0; i <= whole; i++) {
            assertArrayEquals(bytes, pair.peer.getInputStream().readNBytes(bytes.length));
        }
        waiting.join();
    }

    @Test
    void moreThanOneCallCarriesIsTakenInParts() throws IOException {
        Pair pair = connect();
        byte[] bytes = random(1 << 20);
        int taken = new SocketTransport(pair.helidon).writeNow(bytes);
        assertTrue(taken > 0 && taken < bytes.length, taken + " bytes");
    }

    @Test
    void nothingReachesTheStrangerWhoHasTheDescriptorNext() throws IOException {
        Pair first = connect();
        SocketTransport transport = new SocketTransport(first.helidon);
        int descriptor = NativeSender.descriptor(first.helidon);
        assertNotEquals(NativeSender.NO_DESCRIPTOR, descriptor);

        transport.abort();
        // The kernel gives the smallest number that is free.
        Pair stranger = connect();
        while (NativeSender.descriptor(stranger.helidon) < descriptor) {
            stranger = connect();
        }

        assertEquals(0, transport.writeNow(random(10)));
        assertThrows(IOException.class, () -> transport.write(random(10), 0));
    }

    /** What the loop does at the very moment in which the number becomes free for others. */
    @Test
    void nothingIsSentFromTheMomentInWhichTheSocketIsClosed() throws IOException {
        Pair pair = connect();
        List<Integer> taken = new ArrayList<>();
        AtomicReference<SocketTransport> transport = new AtomicReference<>();
        HelidonSocket socket = closing(() -> taken.add(transport.get().writeNow(random(10))));
        transport.set(new SocketTransport(socket, NativeSender.descriptor(pair.helidon)));
        assertEquals(10, transport.get().writeNow(random(10)));

        transport.get().abort();

        assertEquals(List.of(0), taken);
    }

    @Test
    void aSocketThatIsGivenBackIsSentOnNoMore() throws IOException {
        SocketTransport transport = new SocketTransport(connect().helidon);
        transport.release();
        assertEquals(0, transport.writeNow(random(10)));
    }

    /** The other order: the thread that aborts waits for a send that has begun, and closes only then. */
    @Test
    void theSocketIsNotClosedWhileItIsSentOn() throws Exception {
        Pair pair = connect();
        AtomicBoolean closed = new AtomicBoolean();
        HelidonSocket socket = closing(() -> closed.set(true));
        SocketTransport transport = new SocketTransport(socket, NativeSender.descriptor(pair.helidon));
        Thread aborting;
        // As writeNow holds it during send(2).
        synchronized (transport) {
            aborting = Thread.ofPlatform().start(transport::abort);
            Await.until("it waits", () -> aborting.getState() == Thread.State.BLOCKED);
            assertFalse(closed.get());
            assertEquals(10, transport.writeNow(random(10)));
        }
        aborting.join();
        assertTrue(closed.get());
        assertEquals(0, transport.writeNow(random(10)));
    }

    /** What is sent on a descriptor is not encrypted. */
    @Test
    void aSocketOfTlsIsNeverSentOnAtOnce() throws Exception {
        try (SSLSocket socket = (SSLSocket) SSLContext.getDefault()
                .getSocketFactory()
                .createSocket(server.getInetAddress(), server.getLocalPort())) {
            // Helidon asks for the session, which waits for a handshake or its end.
            server.accept().close();
            HelidonSocket helidon = TlsSocket.server(socket, "one", "other");
            assertEquals(NativeSender.NO_DESCRIPTOR, NativeSender.descriptor(helidon));
            assertEquals(0, new SocketTransport(helidon).writeNow(random(10)));
        }
    }

    @Test
    void aPeerThatIsGoneTakesNothing() throws IOException {
        Pair pair = connect();
        SocketTransport transport = new SocketTransport(pair.helidon);
        pair.peer.setSoLinger(true, 0);
        pair.peer.close();
        assertThrows(IOException.class, () -> {
            // The first may still be taken, before the reset is known.
            while (transport.writeNow(random(10)) == 10) {
                Thread.onSpinWait();
            }
            transport.write(random(10), 0);
        });
    }

    private Pair connect() throws IOException {
        Socket peer = new Socket(server.getInetAddress(), server.getLocalPort());
        peer.setSoTimeout(30_000);
        Socket accepted = server.accept();
        open.add(peer);
        open.add(accepted);
        return new Pair(PlainSocket.server(accepted, "c", "s"), peer);
    }

    /** A socket that is nothing but its end. */
    private static HelidonSocket closing(Runnable onClose) {
        return (HelidonSocket) Proxy.newProxyInstance(
                HelidonSocket.class.getClassLoader(),
                new Class<?>[] {HelidonSocket.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("isSecure")) {
                        return false;
                    }
                    assertEquals("close", method.getName());
                    onClose.run();
                    return null;
                });
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
