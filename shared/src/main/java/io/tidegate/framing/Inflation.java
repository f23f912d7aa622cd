package io.tidegate.framing;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates the messages of all connections of a node. No client keeps its context, so zlib's window is needed only while
 * a message is inflated. There are as many windows as threads that inflate at the same time, and none belongs to a
 * connection. Any thread.
 */
public final class Inflation implements Decompression {
    /** The bytes that the sender has cut off (RFC 7692, section 7.2.2). */
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private static final int LEAST_ROOM = 256;

    /** The largest number of final blocks in a message. Each of them costs as much as a separate message. */
    private static final int MOST_ENDS = 256;

    private final Queue<Inflater> idle = new ConcurrentLinkedQueue<>();

    @Override
    public byte @Nullable [] inflate(byte[] payload, int length, int most) throws DataFormatException {
        Inflater present = idle.poll();
        Inflater inflater = present == null ? new Inflater(true) : present;
        try {
            return inflate(inflater, payload, length, most);
        } finally {
            inflater.reset();
            idle.add(inflater);
        }
    }

    private static byte @Nullable [] inflate(Inflater inflater, byte[] payload, int length, int most)
            throws DataFormatException {
        byte[] in = Arrays.copyOf(payload, length + TAIL.length);
        System.arraycopy(TAIL, 0, in, length, TAIL.length);
        inflater.setInput(in);
        byte[] out = new byte[(int) Math.min(Math.max(LEAST_ROOM, 4L * length), most + 1L)];
        int size = 0;
        int ends = 0;
        while (true) {
            size += inflater.inflate(out, size, out.length - size);
            if (size > most) {
                return null;
            }
            if (size == out.length) {
                out = Arrays.copyOf(out, (int) Math.min(2L * size, most + 1L));
            } else if (inflater.finished() && inflater.getRemaining() > 0) {
                // A block may be marked as the last one although others follow (section 7.2.1).
                if (++ends > MOST_ENDS) {
                    throw new DataFormatException("more than " + MOST_ENDS + " blocks are the last");
                }
                int left = inflater.getRemaining();
                inflater.reset();
                inflater.setInput(in, in.length - left, left);
            } else {
                return Arrays.copyOf(out, size);
            }
        }
    }

    /** The largest compressed size of a message of this size, for any compressor: zlib's bound, {@code deflateBound}. */
    static int most(int message) {
        return (int) Math.min(
                Integer.MAX_VALUE - TAIL.length, message + ((message + 7L) >> 3) + ((message + 63L) >> 6) + 64);
    }
}
