package io.tidegate.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** A client's compression of messages, each for itself (RFC 7692, section 7.2). */
public final class Deflate {
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private Deflate() {}

    /** A message as a client sends it. */
    public static byte[] deflate(byte[] message) {
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(message);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] room = new byte[1 << 16];
            int size;
            do {
                size = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
                out.write(room, 0, size);
            } while (size == room.length);
            return Arrays.copyOf(out.toByteArray(), out.size() - TAIL.length);
        }
    }

    /** A message as the server meant it. */
    public static byte[] inflate(byte[] payload) throws IOException {
        byte[] whole = ClientFrames.join(payload, TAIL, new byte[] {3, 0});
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(whole), new Inflater(true))) {
            return in.readAllBytes();
        }
    }
}
