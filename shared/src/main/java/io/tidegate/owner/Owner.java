package io.tidegate.owner;

/**
 * The way to a piece of state that has exactly one owner: a thread that wants something of it posts an event. Events are stepped
 * one after the other, in the order in which they were posted, by at most one thread at a time; nobody waits for that.
 *
 * @param <E> its events
 */
public interface Owner<E> {

    /** Adds an event behind those that wait. Any thread; returns at once, or once steps of this owner were run here. */
    void post(E event);

    /**
     * The same for an event that nobody waits for: it wakes no thread, and is stepped with the next event, in its place. For owners
     * that are told of each tick.
     */
    default void postQuietly(E event) {
        post(event);
    }

    /** Events that wait, as of some moment. Any thread. */
    int waiting();

    /** Steps since its beginning: an owner whose count stands while events wait is stuck. Any thread. */
    long steps();

    /** What an owner does. */
    @FunctionalInterface
    interface Step<E> {
        /** Takes one event: changes the state, and begins effects. Short, and never blocks. */
        void step(E event);

        /**
         * The step of this event has thrown. It costs what the event was about (a connection, a topic), and nothing else.
         * Called on the owner's thread, which goes on.
         */
        default void failed(E event, Throwable defect) {}
    }

    /** What an owner does that goes in rounds: it steps what has gathered, then does for all of that at once what costs most. */
    interface Rounds<E> extends Step<E> {
        /** Whether this round has had enough events; the others wait for the next. */
        boolean isFull();

        /**
         * Ends a round.
         *
         * @return true where something is left to do, though no event waits
         */
        boolean finish();
    }
}
