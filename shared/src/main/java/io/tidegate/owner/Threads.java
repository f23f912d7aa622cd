package io.tidegate.owner;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Runs owners on a server's threads: loops on platform threads, serials on the threads that post. */
public final class Threads implements Owners {
    private static final System.Logger LOG = System.getLogger("io.tidegate.owner");
    private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Runnable defects;
    private final Executor pool = Thread.ofVirtual().name("tidegate-serial-", 0)::start;
    private final List<Loop<?>> loops = new CopyOnWriteArrayList<>();
    private final AtomicLong logged = new AtomicLong(System.nanoTime() - LOG_NANOS);

    /**
     * Has no owners yet.
     *
     * @param defects called, on any thread, for each step that has thrown
     */
    public Threads(Runnable defects) {
        this.defects = defects;
    }

    @Override
    public <E> Owner<E> serial(String name, Owner.Step<E> step) {
        return new Serial<>(new Guarded<>(name, step, this::defect), pool);
    }

    @Override
    public <E> Owner<E> loop(String name, Owner.Rounds<E> rounds) {
        Loop<E> loop = new Loop<>(name, rounds, new Guarded<>(name, rounds, this::defect));
        loops.add(loop);
        loop.start();
        return loop;
    }

    /** Counts every defect, but logs only one a minute, because a defect may come with every message. */
    @Override
    public void defect(String owner, Throwable defect) {
        OutOfMemory.check(defect);
        defects.run();
        long last = logged.get();
        long now = System.nanoTime();
        if (now - last >= LOG_NANOS && logged.compareAndSet(last, now)) {
            LOG.log(Level.ERROR, "A step of " + owner + " failed; what the step was to do is lost", defect);
        }
    }

    @Override
    public void run(Runnable work) {
        pool.execute(work);
    }

    @Override
    public void close() {
        loops.forEach(Loop::close);
    }
}
