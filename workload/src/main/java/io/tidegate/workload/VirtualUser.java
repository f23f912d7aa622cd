package io.tidegate.workload;

import java.util.Optional;

/** One client of {@link VirtualUsers}. */
interface VirtualUser {
    /** The largest number of unacknowledged publishes of one user: slightly less than a server reads ahead. */
    int AHEAD = 60;

    /** Starts to connect, and returns at once. */
    void start();

    /** Whether {@link #publish} would neither wait nor be lost. */
    boolean canPublish();

    /**
     * Publishes the user's next message.
     *
     * @param due when the message was due
     */
    void publish(long due) throws InterruptedException;

    /** Whether all publishes of the user are acknowledged. */
    boolean isSettled();

    /** Closes the connection in order. The result of publishes without an acknowledgement stays unknown. */
    void close();

    /** The node that serves the user, where the wire tells it. */
    default Optional<String> node() {
        return Optional.empty();
    }
}
