package io.tidegate.owner;

/**
 * Runs owners: a server's on its threads ({@link Threads}), a simulation's in one thread, in an order that its seed draws.
 */
public interface Owners extends AutoCloseable {

    /** An owner without a thread of its own, for steps that are short and rare. */
    <E> Owner<E> serial(String name, Owner.Step<E> step);

    /** An owner with a thread of its own, for one that makes system calls all day. */
    <E> Owner<E> loop(String name, Owner.Rounds<E> rounds);

    /** Runs what takes longer than a step should, on whatever thread, and has nothing to do with the state of an owner. */
    default void run(Runnable work) {
        work.run();
    }

    /** Something has failed by a defect, and what it was about is given up. Any thread. */
    void defect(String owner, Throwable defect);

    /** Ends the threads. What is posted later is stepped no more by those that had one. */
    @Override
    void close();
}
