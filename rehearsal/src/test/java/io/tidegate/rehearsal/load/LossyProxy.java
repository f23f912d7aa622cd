package io.tidegate.rehearsal.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries WebSocket connections to a server, and keeps one message of it to itself, or hands it on twice. */
final class LossyProxy implements AutoCloseable {
    private static final int VICTIM = 20;
    private static final int TEXT = 0x81;

    private final ServerSocket listener;
    private final int server;
    private final int copies;
    private final AtomicInteger messages = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** @param copies how often the victim is handed on */
    LossyProxy(int server, int copies) {
        this.server = server;
        this.copies = copies;
        try {
            listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                sockets.add(client);
                sockets.add(behind);
                Thread.ofVirtual().start(() -> carry(client, behind, false));
                Thread.ofVirtual().start(() -> carry(behind, client, true));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void carry(Socket from, Socket to, boolean frames) {
        try (from;
                to) {
            if (frames) {
                carryFrames(new DataInputStream(new BufferedInputStream(from.getInputStream())), to.getOutputStream());
            } else {
                from.getInputStream().transferTo(to.getOutputStream());
            }
        } catch (IOException e) {
            // One side has ended, and so does the other.
        }
    }

    private void carryFrames(DataInputStream in, OutputStream out) throws IOException {
        for (int ends = 0; ends < 4; ) {
            int next = in.readUnsignedByte();
            ends = next == "\r\n\r\n".charAt(ends) ? ends + 1 : next == '\r' ? 1 : 0;
            out.write(next);
        }
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            byte[] length = in.readNBytes(second == 126 ? 2 : second == 127 ? 8 : 0);
            byte[] body = in.readNBytes(length(second, length));
            boolean message = first == TEXT
                    && new String(body, UTF_8).contains("\"message\"")
                    && new String(body, UTF_8).contains("\"timestamp\"");
            int times = message && messages.incrementAndGet() == VICTIM ? copies : 1;
            for (int i = 0; i < times; i++) {
                out.write(first);
                out.write(second);
                out.write(length);
                out.write(body);
            }
        }
    }

    private static int length(int second, byte[] extended) {
        int length = extended.length == 0 ? second : 0;
        for (byte one : extended) {
            length = (length << 8) | (one & 0xff);
        }
        return length;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
