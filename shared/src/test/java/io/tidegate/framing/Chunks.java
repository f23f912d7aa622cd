package io.tidegate.framing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A source that hands out what it was given and knows how far it was asked. */
final class Chunks implements ByteSource {
    private final List<byte[]> chunks;
    private final boolean ends;
    private int given;

    private Chunks(List<byte[]> chunks, boolean ends) {
        this.chunks = chunks;
        this.ends = ends;
    }

    /** These chunks, then the end of the stream. */
    static Chunks of(byte[]... chunks) {
        return new Chunks(List.of(chunks), true);
    }

    /** These bytes one by one; then the client is silent, which is a failure for who asks. */
    static Chunks oneByOneThenSilence(byte[] bytes) {
        return new Chunks(cut(bytes, 1), false);
    }

    /** Pieces of one size, then the end of the stream. */
    static Chunks inPieces(byte[] bytes, int size) {
        return new Chunks(cut(bytes, size), true);
    }

    /** Pieces of 1 to {@code most} bytes, an empty one now and then, then the end of the stream. */
    static Chunks atRandom(byte[] bytes, int most, Random random) {
        List<byte[]> pieces = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int size = Math.min(bytes.length - at, random.nextInt(most + 1));
            pieces.add(Arrays.copyOfRange(bytes, at, at + size));
            at += size;
        }
        return new Chunks(pieces, true);
    }

    private static List<byte[]> cut(byte[] bytes, int size) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += size) {
            pieces.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)));
        }
        return pieces;
    }

    @Override
    public byte @Nullable [] next() {
        if (given < chunks.size()) {
            return chunks.get(given++);
        }
        if (!ends) {
            throw new AssertionError("waits for more");
        }
        return null;
    }

    /** How many chunks were handed out. */
    int given() {
        return given;
    }
}
