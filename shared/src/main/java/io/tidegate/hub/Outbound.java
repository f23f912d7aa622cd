package io.tidegate.hub;

import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Form;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The queues of a write loop that have something to write, and the bytes that wait in all of its queues. For that loop's
 * thread alone.
 */
final class Outbound {
    /** A limit, so that a peer that sends pings without end does not delay the fan-out. */
    private static final int WRITES_A_ROUND = 1 << 14;

    private final ArrayDeque<OutboundQueue> due = new ArrayDeque<>();
    private final int limit;
    private final Consumer<LoopEvent> inbox;
    private final Consumer<Throwable> defects;
    private final Counter framesWritten;
    private final Counter bytesWritten;
    private final Counter bytesPlain;
    private final Counter bytesCompressed;
    private long frames;
    private long written;
    private long plain;
    private long compressed;
    private long bytes;

    /** A copy for the metrics, updated at the end of a round. */
    private final AtomicLong bytesSeen = new AtomicLong();

    /**
     * No queue is due.
     *
     * @param limit bytes that may wait for one peer; a batch for a peer that has read everything is always accepted
     * @param inbox the loop's own inbox
     * @param defects takes what a transport has thrown
     */
    Outbound(int limit, Consumer<LoopEvent> inbox, Consumer<Throwable> defects, Metrics metrics) {
        this.limit = limit;
        this.inbox = inbox;
        this.defects = defects;
        this.framesWritten = metrics.messagesSent();
        this.bytesWritten = metrics.bytesSent();
        this.bytesPlain = metrics.compressionSent(Form.PLAIN);
        this.bytesCompressed = metrics.compressionSent(Form.DEFLATED);
    }

    /** The limit of every queue. It is here because a delivery reads each queue, and queues must stay small. */
    int limit() {
        return limit;
    }

    void due(OutboundQueue queue) {
        due.add(queue);
    }

    /** Posts to the loop, from any thread. */
    void post(LoopEvent event) {
        inbox.accept(event);
    }

    /** A socket has taken this many frames and bytes. */
    void countWritten(int moreFrames, int moreBytes) {
        frames += moreFrames;
        written += moreBytes;
    }

    /** Counts a batch for a peer that takes compressed frames, with its size before and after compression. */
    void countCompressed(int before, int after) {
        plain += before;
        compressed += after;
    }

    void countBytes(int more) {
        bytes += more;
    }

    /** Bytes that wait or are being written, at the end of the last round. Any thread. */
    long bytes() {
        return bytesSeen.get();
    }

    /**
     * Writes to the queues that are due.
     *
     * @return whether some queues are still due
     */
    boolean write() {
        OutboundQueue queue;
        for (int i = 0; i < WRITES_A_ROUND && (queue = due.poll()) != null; i++) {
            try {
                queue.write();
            } catch (RuntimeException | Error e) {
                defects.accept(e);
                queue.fail();
            }
        }
        if (frames > 0) {
            framesWritten.add(frames);
            bytesWritten.add(written);
            frames = 0;
            written = 0;
        }
        if (plain > 0) {
            bytesPlain.add(plain);
            bytesCompressed.add(compressed);
            plain = 0;
            compressed = 0;
        }
        bytesSeen.lazySet(bytes);
        return !due.isEmpty();
    }
}
