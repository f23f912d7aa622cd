package io.tidegate.hub;

import io.tidegate.metrics.Counter;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Writes to all sockets of a node from one thread, and lets nobody wait for a slow peer.
 *
 * <p>The thread goes in rounds: fan out everything that was published since the last round, then write to every queue
 * that has something. While it writes, the next messages gather, so that the batches grow with the load by themselves,
 * and one system call carries many messages.
 *
 * <p>A write blocks when its peer does not read. Java cannot ask a socket beforehand, so the loop changes hands instead: a
 * watchdog that sees one write last for longer than {@value #HAND_OFF_MILLIS} to twice as many milliseconds gives the
 * loop to a new thread. The blocked thread keeps only its own queue; when its write returns, it writes what is left there
 * and ends. From then on that queue is written by virtual threads of its own, until a write is quick again.
 *
 * <p>{@code phase} decides who owns the loop: odd during a write. The writer moves it on from odd to even by
 * compare-and-set, the watchdog likewise, and only one of them succeeds. Everything that a round touches besides belongs
 * to the owner, and is handed over by that same compare-and-set.
 */
final class WriteLoop implements AutoCloseable {
    static final long HAND_OFF_MILLIS = 5;

    private static final System.Logger LOG = System.getLogger(WriteLoop.class.getName());

    private static final long HAND_OFF_NANOS = HAND_OFF_MILLIS * 1_000_000;

    /** After so many ticks without a write the watchdog sleeps until the next one. */
    private static final int QUIET_TICKS = 20;

    /** So that nobody who sends pings without end keeps the fan-out waiting. */
    private static final int WRITES_A_ROUND = 1 << 14;

    /** Above this many blocked platform threads the loop goes on in a virtual one, which costs next to nothing. */
    private static final int BLOCKED_PLATFORM_THREADS = 16;

    private final BooleanSupplier fanOut;
    private final Counter framesWritten;

    /** From other threads, which must wake the loop. */
    private final ConcurrentLinkedQueue<OutboundQueue> ready = new ConcurrentLinkedQueue<>();

    /** What the owner will write next; what a round of the fan-out has filled comes here at once. */
    private final ArrayDeque<OutboundQueue> due = new ArrayDeque<>();

    private final AtomicBoolean parked = new AtomicBoolean();
    private final AtomicBoolean watching = new AtomicBoolean(true);
    private final AtomicLong phase = new AtomicLong();
    private final AtomicInteger blocked = new AtomicInteger();
    private final Thread watchdog;
    private volatile Thread owner;
    private volatile boolean closed;

    /**
     * A loop that has yet to be started.
     *
     * @param fanOut fills queues with what was published; false where there was nothing
     */
    WriteLoop(BooleanSupplier fanOut, Counter framesWritten) {
        this.fanOut = fanOut;
        this.framesWritten = framesWritten;
        this.watchdog =
                Thread.ofPlatform().daemon().name("tidegate-write-watchdog").unstarted(this::watch);
        this.owner = Thread.ofPlatform().daemon().name("tidegate-write-loop").unstarted(this::run);
    }

    void start() {
        owner.start();
        watchdog.start();
    }

    /** Takes a queue that has something to write and is not scheduled yet. Any thread. */
    void schedule(OutboundQueue queue) {
        if (queue.slow()) {
            Thread.startVirtualThread(() -> writeAlone(queue));
        } else if (Thread.currentThread() == owner) {
            due.add(queue);
        } else {
            ready.add(queue);
            wake();
        }
    }

    /** There is something to fan out. Any thread. */
    void wake() {
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(owner);
        }
    }

    /** Counts in bulk. */
    void written(int frames) {
        framesWritten.add(frames);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(owner);
        LockSupport.unpark(watchdog);
    }

    private void run() {
        while (!closed) {
            boolean idle = !fanOut();
            takeIn();
            OutboundQueue queue;
            for (int i = 0; i < WRITES_A_ROUND && (queue = due.poll()) != null; i++) {
                idle = false;
                long start = phase.get();
                phase.set(start + 1);
                wakeWatchdog();
                boolean more = queue.write();
                if (!phase.compareAndSet(start + 1, start + 2)) {
                    leaveWith(queue, more);
                    return;
                }
                if (more) {
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

    private void park() {
        parked.set(true);
        // Whoever added something before this line was seen by the next; whoever adds later sees that we are parked.
        if (due.isEmpty() && ready.isEmpty() && !fanOut() && !closed) {
            LockSupport.park(this);
        }
        parked.set(false);
    }

    /** Another thread has the loop: this one, whose write had blocked, still has its queue. */
    private void leaveWith(OutboundQueue queue, boolean more) {
        queue.slow(true);
        if (more) {
            writeAlone(queue);
        }
        blocked.decrementAndGet();
    }

    private void writeAlone(OutboundQueue queue) {
        boolean more = true;
        while (more) {
            long start = System.nanoTime();
            more = queue.write();
            queue.slow(System.nanoTime() - start > HAND_OFF_NANOS);
        }
    }

    private void wakeWatchdog() {
        if (!watching.get() && watching.compareAndSet(false, true)) {
            LockSupport.unpark(watchdog);
        }
    }

    private void watch() {
        long seen = 0;
        int quiet = 0;
        while (!closed) {
            LockSupport.parkNanos(this, HAND_OFF_NANOS);
            long now = phase.get();
            if (now != seen) {
                quiet = 0;
            } else if ((now & 1) == 1) {
                handOff(now);
            } else if (++quiet == QUIET_TICKS) {
                quiet = 0;
                sleepWhile(now);
            }
            seen = now;
        }
    }

    /** A write that begins before the flag is down has changed the phase; one that begins later sees the flag. */
    private void sleepWhile(long quietPhase) {
        watching.set(false);
        while (!watching.get() && phase.get() == quietPhase && !closed) {
            LockSupport.park(this);
        }
        watching.set(true);
    }

    private void handOff(long phaseOfBlockedWrite) {
        Thread next = (blocked.incrementAndGet() <= BLOCKED_PLATFORM_THREADS
                        ? Thread.ofPlatform().daemon()
                        : Thread.ofVirtual())
                .name("tidegate-write-loop")
                .unstarted(this::run);
        if (phase.compareAndSet(phaseOfBlockedWrite, phaseOfBlockedWrite + 1)) {
            owner = next;
            next.start();
        } else {
            blocked.decrementAndGet();
        }
    }
}
