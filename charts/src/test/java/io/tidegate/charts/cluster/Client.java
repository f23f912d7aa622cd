package io.tidegate.charts.cluster;

/**
 * One client of the fleet, which comes back by itself when its server says so. The crowd needs no more of it, so a client
 * of {@code tidegate.v1} can take the place of the plain one.
 */
interface Client extends AutoCloseable {

    /** Whether it has an open connection. */
    boolean connected();

    /** Sends one message, if it is connected. */
    void send();

    /** Leaves for good. */
    @Override
    void close();
}
