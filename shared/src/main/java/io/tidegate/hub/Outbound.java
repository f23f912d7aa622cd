package io.tidegate.hub;

import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Form;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Which queues of a write loop have something to write, and what waits in all of them. For that loop's thread alone. */
final class Outbound {
    /** So that nobody who sends pings without end keeps the fan-out waiting. */
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

    /** Written at the end of a round, for the metrics. */
    private final AtomicLong bytesSeen = new AtomicLong();

    /**
     * Nothing is due.
     *
     * @param limit bytes that may wait for one peer; a batch for one that has read everything is always accepted
     * @param inbox the loop's own
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

    /** Of all queues, since a delivery looks at each of them. */
    int limit() {
        return limit;
    }

    void due(OutboundQueue queue) {
        due.add(queue);
    }

    /** From whatever thread. */
    void post(LoopEvent event) {
        inbox.accept(event);
    }

    /** A socket has taken these frames, which are so many bytes. */
    void countWritten(int moreFrames, int moreBytes) {
        frames += moreFrames;
        written += moreBytes;
    }

    /** A peer that takes compressed frames gets this. */
    void countCompressed(int before, int after) {
        plain += before;
        compressed += after;
    }

    void countBytes(int more) {
        bytes += more;
    }

    /** Bytes that wait or are being written, as of the last round. Any thread. */
    long bytes() {
        return bytesSeen.get();
    }

    /**
     * Writes to the queues that are due.
     *
     * @return whether some are left
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
