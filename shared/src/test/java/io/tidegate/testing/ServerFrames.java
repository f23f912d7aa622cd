package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Opcode;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client's reading side: frames as a server sends them, with the rules of RFC 6455, section 5.1, held. */
public final class ServerFrames {

    /**
     * One frame.
     *
     * @param payload inflated where it came compressed
     * @param compressed whether it did
     */
    public record Frame(Opcode opcode, byte[] payload, boolean compressed) {
        /** The payload as text. */
        public String text() {
            return new String(payload, UTF_8);
        }

        /** A close frame's code, 1005 where it has none. */
        public int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        }

        /** A close frame's reason. */
        public String closeReason() {
            return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, UTF_8);
        }

        @Override
        public String toString() {
            return opcode == Opcode.CLOSE ? "CLOSE " + closeCode() + " " + closeReason() : opcode + " " + text();
        }
    }

    private ServerFrames() {}

    /** All frames in these bytes, which must end with a whole one. */
    public static List<Frame> parse(byte[] bytes) {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        List<Frame> frames = new ArrayList<>();
        try {
            Frame frame = read(in);
            while (frame != null) {
                frames.add(frame);
                frame = read(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not whole frames", e);
        }
        return frames;
    }

    /**
     * Reads one frame; null at the end of the stream.
     *
     * @throws IOException where the stream ends inside a frame, or a frame is masked, fragmented or of unknown kind
     */
    public static @Nullable Frame read(InputStream in) throws IOException {
        return read(in, false);
    }

    /**
     * The same.
     *
     * @param compression whether data frames may be compressed (RFC 7692)
     */
    public static @Nullable Frame read(InputStream in, boolean compression) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        DataInputStream data = new DataInputStream(in);
        int second = data.readUnsignedByte();
        boolean compressed = compression && (first & 0xF8) == 0xC0;
        if ((!compressed && (first & 0xF0) != 0x80) || (second & 0x80) != 0) {
            throw new IOException("not a final, unmasked frame: %02x %02x".formatted(first, second));
        }
        long length = switch (second) {
            case 126 -> data.readUnsignedShort();
            case 127 -> data.readLong();
            default -> second;
        };
        Opcode opcode = Objects.requireNonNull(Opcode.of(first), "reserved opcode");
        byte[] payload = data.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("ended inside a frame of " + length + " bytes");
        }
        return new Frame(opcode, compressed ? Deflate.inflate(payload) : payload, compressed);
    }
}
