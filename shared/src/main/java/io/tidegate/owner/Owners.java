package io.tidegate.owner;

/**
 * Runs owners. A server runs them on its threads ({@link Threads}); a simulation runs them in one thread, in an order
 * that its seed draws.
 */
public interface Owners extends AutoCloseable {

    /** An owner without its own thread, for steps that are short and rare. */
    <E> Owner<E> serial(String name, Owner.Step<E> step);

    /** An owner with its own thread, for steps that make many system calls. */
    <E> Owner<E> loop(String name, Owner.Rounds<E> rounds);

    /** Runs work that takes longer than a step should, on any thread. The work must not use the state of an owner. */
    default void run(Runnable work) {
        work.run();
    }

    /** A step has failed because of a defect. What it was about is given up. Any thread. */
    void defect(String owner, Throwable defect);

    /** Ends the threads. Owners with a thread do not step events that are posted later. */
    @Override
    void close();
}
