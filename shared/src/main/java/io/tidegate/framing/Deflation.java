package io.tidegate.framing;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.FrameCompression;
import io.tidegate.protocol.PayloadCompression;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.Deflater;

/**
 * Deflates payloads for all connections of a node, each for itself (RFC 7692, section 7.2.1). There are as many of zlib's
 * compressors, 256 KiB each, as threads that do so at once. Any thread.
 */
public final class Deflation implements PayloadCompression {
    /** Bytes from which on it is worth it: JSON of 200 loses 30 % for 13 µs, of 128 13 % for 11 µs (decision 31). */
    static final int LEAST = 200;

    /** The last four bytes, which the receiver puts back (section 7.2.1). */
    private static final int TAIL = 4;

    private final Queue<Deflater> idle = new ConcurrentLinkedQueue<>();

    /**
     * Compresses for one peer. Where a message is longer than the peer's window, its batch is sent as it is: another way to
     * compress it would be one more for the batch.
     */
    public FrameCompression with(PerMessageDeflate agreed) {
        int longest = agreed.longest();
        return plain -> {
            FrameBatch.Compressed compressed = plain.compressed(this);
            return compressed.longest() <= longest ? compressed.frames() : plain;
        };
    }

    @Override
    public int compress(byte[] in, int from, int length, byte[] out, int to) {
        if (length < LEAST) {
            return NOT_SMALLER;
        }
        Deflater present = idle.poll();
        Deflater deflater = present == null ? new Deflater(Deflater.BEST_SPEED, true) : present;
        try {
            deflater.setInput(in, from, length);
            int room = length + TAIL - 1;
            int size = deflater.deflate(out, to, room, Deflater.SYNC_FLUSH);
            // Where it has filled its room, more may follow.
            return size < room ? size - TAIL : NOT_SMALLER;
        } finally {
            deflater.reset();
            idle.add(deflater);
        }
    }
}
