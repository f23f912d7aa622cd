package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.PlainSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** What a client sends with its handshake, and after it. */
class ArrivingBytesTest {
    private static final byte[] HEAD = "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII);

    @Test
    void whatCameWithTheHandshakeComesFirst() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
                Socket peer = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            peer.getOutputStream().write("GET / HTTP/1.1\r\n\r\nearly".getBytes(US_ASCII));
            // As Helidon reads the head.
            DataReader request = new RequestReader(PlainSocket.server(accepted, "c", "s"));
            while (request.available() < HEAD.length + "early".length()) {
                request.pullData();
            }
            request.skip(HEAD.length);

            TakenSocket socket = new TakenSocket(accepted);
            ArrivingBytes bytes = new ArrivingBytes(request, socket);
            peer.getOutputStream().write("late".getBytes(US_ASCII));

            assertArrayEquals("early".getBytes(US_ASCII), bytes.next());
            assertArrayEquals("late".getBytes(US_ASCII), bytes.next());
            socket.close();
            assertNull(bytes.next());
        }
    }
}
