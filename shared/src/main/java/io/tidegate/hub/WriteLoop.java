package io.tidegate.hub;

import io.tidegate.metrics.Counter;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Writes to all sockets of a node from one thread, and waits for no peer.
 *
 * <p>The thread goes in rounds: fan out everything that was published since the last round, then write to every queue
 * that has something. While it writes, the next messages gather, so that the batches grow with the load by themselves,
 * and one system call carries many messages. What a peer does not take at once is written by a virtual thread of its own.
 */
final class WriteLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WriteLoop.class.getName());

    /** So that nobody who sends pings without end keeps the fan-out waiting. */
    private static final int WRITES_A_ROUND = 1 << 14;

    private final BooleanSupplier fanOut;
    private final Counter framesWritten;

    /** From other threads, which must wake the loop. */
    private final ConcurrentLinkedQueue<OutboundQueue> ready = new ConcurrentLinkedQueue<>();

    /** What the loop will write next, for its thread alone: what a round of the fan-out has filled comes here at once. */
    private final ArrayDeque<OutboundQueue> due = new ArrayDeque<>();

    private final AtomicBoolean parked = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * A loop that has yet to be started.
     *
     * @param fanOut fills queues with what was published; false where there was nothing
     */
    WriteLoop(BooleanSupplier fanOut, Counter framesWritten) {
        this.fanOut = fanOut;
        this.framesWritten = framesWritten;
        this.thread = Thread.ofPlatform().daemon().name("tidegate-write-loop").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Takes a queue that has something to write and is not scheduled yet. Any thread. */
    void schedule(OutboundQueue queue) {
        if (Thread.currentThread() == thread) {
            due.add(queue);
        } else {
            ready.add(queue);
            wake();
        }
    }

    /** There is something to fan out. Any thread. */
    void wake() {
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** Counts in bulk. Any thread. */
    void written(int frames) {
        framesWritten.add(frames);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            boolean idle = !fanOut();
            takeIn();
            OutboundQueue queue;
            for (int i = 0; i < WRITES_A_ROUND && (queue = due.poll()) != null; i++) {
                idle = false;
                if (write(queue)) {
                    due.add(queue);
                }
            }
            if (idle) {
                park();
            }
        }
    }

    /** Each queue is scheduled once at most: what comes is bounded by the connections. */
    private void takeIn() {
        OutboundQueue queue;
        while ((queue = ready.poll()) != null) {
            due.add(queue);
        }
    }

    /** A defect there must not end the only thread that writes. */
    private boolean fanOut() {
        try {
            return fanOut.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A round of the fan-out failed", e);
            return true;
        }
    }

    /** A defect of one transport costs its own connection. */
    private static boolean write(OutboundQueue queue) {
        try {
            return queue.write();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A write failed", e);
            queue.fail();
            return false;
        }
    }

    private void park() {
        parked.set(true);
        // Whoever added something before this line was seen by the next; whoever adds later sees that we are parked.
        if (due.isEmpty() && ready.isEmpty() && !fanOut() && !closed) {
            LockSupport.park(this);
        }
        parked.set(false);
    }
}
