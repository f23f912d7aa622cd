package io.tidegate.chaos;

import io.tidegate.workload.Timeline;

/** Clients of one kind, which report to a journal what they publish and receive. */
interface ClientPool extends AutoCloseable {

    String name();

    /** The number of clients with a connection that delivers. */
    int live();

    int size();

    /** Begins to publish, if these clients publish. */
    void publish();

    /** Stops to publish. */
    void stop();

    /** The number of unacknowledged publishes. */
    int pending();

    /** Reconnects: all connections except the first one of each client. */
    Timeline reconnects();

    /** Errors that the checker does not see, for a human; empty where there are none. */
    String complaints();

    @Override
    void close();
}
