package io.tidegate.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A stranger's connection, which sends anything and leaves in any way. */
final class Hostile implements AutoCloseable {
    private static final int READ_MILLIS = 300;

    /** The open connections. A connection that sends to a server that does not read it waits until it is cut. */
    private static final Set<Hostile> OPEN = ConcurrentHashMap.newKeySet();

    private final Socket socket;

    Hostile(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS);
        OPEN.add(this);
    }

    /** A connection after its handshake. */
    static Hostile webSocket(int port, String path, String... headers) throws IOException {
        Hostile hostile = new Hostile(port);
        hostile.send(handshake(path, headers));
        hostile.read(1);
        return hostile;
    }

    static String handshake(String path, String... headers) {
        StringBuilder head = new StringBuilder("GET ")
                .append(path)
                .append(" HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
                .append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** A frame whose masking key is zero. */
    static byte[] frame(int firstByte, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(firstByte);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(payload.length >>> 8);
            frame.write(payload.length);
        }
        frame.writeBytes(new byte[4]);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] times(int count, byte[] bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(count * bytes.length);
        for (int i = 0; i < count; i++) {
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    /** Reads for a moment: until the end, until this many bytes have come, or until nothing more comes. */
    void read(int atLeast) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8 << 10];
        try {
            for (int total = 0, read = 0; read >= 0 && total < atLeast; total += read) {
                read = in.read(buffer);
            }
        } catch (SocketTimeoutException e) {
            // The moment is over.
        }
    }

    /** Ends its half of TCP, and continues to read. */
    void endHalf() throws IOException {
        socket.shutdownOutput();
        read(Integer.MAX_VALUE);
    }

    /** Lets the close reset the connection. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
    }

    @Override
    public void close() throws IOException {
        OPEN.remove(this);
        socket.close();
    }

    /** Closes all open connections. */
    static void cutAll() {
        for (Hostile hostile : OPEN) {
            try {
                hostile.close();
            } catch (IOException e) {
                // The connection is closed in spite of the failure.
            }
        }
    }
}
