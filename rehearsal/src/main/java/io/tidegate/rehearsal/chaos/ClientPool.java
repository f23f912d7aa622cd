package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.load.Timeline;

/** Clients of one kind, which report to a journal what they publish and get. */
interface ClientPool extends AutoCloseable {

    String name();

    /** How many have a connection that delivers. */
    int live();

    int size();

    /** Begins to publish, if they do. */
    void publish();

    /** Publishes nothing more. */
    void stop();

    /** Publishes that are not acknowledged. */
    int pending();

    /** Connections after the first one of each. */
    Timeline reconnects();

    /** For a human: what went wrong that no checker sees; empty where nothing did. */
    String complaints();

    @Override
    void close();
}
