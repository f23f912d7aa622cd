package io.tidegate.rehearsal.load;

import java.util.Optional;

/** One client of {@link VirtualUsers}. */
interface VirtualUser {
    /** Publishes of one user that may wait for their acknowledgement: what a server reads ahead, less a few. */
    int AHEAD = 60;

    /** Begins to connect, and returns at once. */
    void start();

    /** Whether {@link #publish} would neither wait nor be in vain. */
    boolean canPublish();

    /**
     * Publishes its next message.
     *
     * @param due when it should have been
     */
    void publish(long due) throws InterruptedException;

    /** Whether all that it has published is acknowledged. */
    boolean isSettled();

    /** Closes its connection in order; what is not acknowledged then, nobody will know. */
    void close();

    /** Which node serves it, where the wire says so. */
    default Optional<String> node() {
        return Optional.empty();
    }
}
