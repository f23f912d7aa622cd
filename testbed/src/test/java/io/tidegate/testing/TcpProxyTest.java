package io.tidegate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TcpProxyTest {
    private final ServerSocket server = listen();
    private final TcpProxy proxy = TcpProxy.start(() -> OptionalInt.of(server.getLocalPort()));

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void bytesPassBothWaysAndSoDoesTheEnd() throws IOException {
        try (Socket client = connect(proxy.port());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(7);
            assertEquals(7, accepted.getInputStream().read());
            accepted.getOutputStream().write(8);
            assertEquals(8, client.getInputStream().read());
            client.shutdownOutput();
            assertEquals(-1, accepted.getInputStream().read());
        }
    }

    @Test
    void aCutResetsWhatIsThereAndWhatComes() throws IOException {
        try (Socket client = connect(proxy.port());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(7);
            assertEquals(7, accepted.getInputStream().read());
            proxy.cut();
            assertThrows(IOException.class, () -> requireEnd(client));
            assertThrows(IOException.class, () -> requireEnd(accepted));
            try (Socket late = connect(proxy.port())) {
                assertThrows(IOException.class, () -> requireEnd(late));
            }
        }
        proxy.mend();
        try (Socket client = connect(proxy.port());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(9);
            assertEquals(9, accepted.getInputStream().read());
        }
    }

    @Test
    void inSilenceNothingPassesAndLaterAllOfIt() throws IOException {
        try (Socket client = connect(proxy.port());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(1);
            assertEquals(1, accepted.getInputStream().read());
            proxy.silence();
            client.getOutputStream().write(2);
            accepted.setSoTimeout(50);
            assertThrows(
                    SocketTimeoutException.class,
                    () -> accepted.getInputStream().read());
            proxy.mend();
            accepted.setSoTimeout(0);
            assertEquals(2, accepted.getInputStream().read());
        }
    }

    @Test
    void withoutATargetAConnectionIsReset() throws IOException {
        try (TcpProxy nowhere = TcpProxy.start(OptionalInt::empty);
                Socket client = connect(nowhere.port())) {
            assertThrows(IOException.class, () -> requireEnd(client));
        }
    }

    @Test
    void onlyAnswersAreCopiedInAnotherWay() throws IOException {
        TcpProxy.Transfer plusOne = (from, to) -> {
            for (int next = from.read(); next >= 0; next = from.read()) {
                to.write(next + 1);
            }
        };
        try (TcpProxy other = TcpProxy.start(server.getLocalPort(), plusOne);
                Socket client = connect(other.port());
                Socket accepted = server.accept()) {
            client.getOutputStream().write(7);
            assertEquals(7, accepted.getInputStream().read());
            accepted.getOutputStream().write(7);
            accepted.shutdownOutput();
            assertEquals(8, client.getInputStream().read());
            assertEquals(-1, client.getInputStream().read());
        }
    }

    /** A reset shows as an exception, whichever call meets it; an orderly end would not. */
    private static void requireEnd(Socket socket) throws IOException {
        while (socket.getInputStream().read() >= 0) {
            socket.getOutputStream().write(0);
        }
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
