package io.tidegate.rehearsal.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.testing.TcpProxy;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** Copies what a server sends on its WebSocket connections, and leaves one message out, or copies it twice. */
final class LossyTransfer implements TcpProxy.Transfer {
    private static final int VICTIM = 20;
    private static final int TEXT = 0x81;

    private final int copies;
    private final AtomicInteger messages = new AtomicInteger();

    /** @param copies how often the victim is copied */
    LossyTransfer(int copies) {
        this.copies = copies;
    }

    @Override
    public void copy(InputStream from, OutputStream out) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(from));
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
}
