package io.tidegate.owner;

/**
 * Access to a piece of state that has exactly one owner. A thread that wants to use the state posts an event. Events are
 * stepped one after the other, in the order in which they were posted, by at most one thread at a time. No thread waits
 * for a step.
 *
 * @param <E> its events
 */
public interface Owner<E> {

    /**
     * Adds an event behind those that wait. Any thread; returns at once, or after it has run steps of this owner itself.
     */
    void post(E event);

    /**
     * Adds an event that is not urgent. It wakes no thread, and is stepped in its order when the next event wakes the
     * owner. For owners that get an event with each tick.
     */
    default void postQuietly(E event) {
        post(event);
    }

    /** The number of events that wait, at some recent moment. Any thread. */
    int waiting();

    /**
     * The number of steps since the beginning. An owner whose number does not grow while events wait is stuck. Any
     * thread.
     */
    long steps();

    /** The work of an owner. */
    @FunctionalInterface
    interface Step<E> {
        /** Takes one event: changes the state, and starts effects. A step is short and never blocks. */
        void step(E event);

        /**
         * The step of this event has thrown. Only what the event was about (a connection, a topic) is lost. Called on the
         * owner's thread, which continues.
         */
        default void failed(E event, Throwable defect) {}
    }

    /**
     * The work of an owner in rounds: it steps the events that have gathered, then does the expensive part for all of
     * them at once.
     */
    interface Rounds<E> extends Step<E> {
        /** Whether this round has enough events. The others wait for the next round. */
        boolean isFull();

        /**
         * Ends a round.
         *
         * @return true where work is left although no event waits
         */
        boolean finish();
    }
}
