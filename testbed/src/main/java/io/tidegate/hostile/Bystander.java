package io.tidegate.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A well-behaved client: it publishes one message after the other, and waits until each has come back. */
final class Bystander implements AutoCloseable {
    private static final int TEXT = 0x81;
    private static final int LATE_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private int number;

    Bystander(int port, String topic) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LATE_MILLIS);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        socket.getOutputStream().write(Hostile.handshake("/chat?topic=" + topic).getBytes(UTF_8));
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            head += (char) in.readUnsignedByte();
        }
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("refused: " + head);
        }
    }

    /**
     * Publishes a message, and returns the nanoseconds until it came back.
     *
     * @throws IOException where it did not come, another came, or the connection ended
     */
    long echo() throws IOException {
        String text = "echo " + number++;
        long begun = System.nanoTime();
        String json = "{\"user\":\"ann\",\"message\":\"" + text + "\"}";
        socket.getOutputStream().write(Hostile.frame(TEXT, json.getBytes(UTF_8)));
        String came = message();
        if (!came.contains(text)) {
            throw new IOException("wanted " + text + ", and got " + came);
        }
        return System.nanoTime() - begun;
    }

    private String message() throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            byte[] payload = new byte[length == 126 ? in.readUnsignedShort() : length];
            in.readFully(payload);
            String text = new String(payload, UTF_8);
            if (first == TEXT && !text.startsWith("{\"type\":\"heartbeat\"")) {
                return text;
            }
            if (first == 0x88) {
                throw new EOFException("closed: " + text);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
