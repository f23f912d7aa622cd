package io.tidegate.chaos;

import io.tidegate.workload.Timeline;
import io.tidegate.workload.VirtualUsers;

/**
 * Clients in this process.
 *
 * @param rate messages a second, when they publish
 */
record VirtualUserPool(String name, VirtualUsers virtualUsers, double rate) implements ClientPool {
    /** A limit, so that the accept queue does not overflow. */
    private static final double CONNECTS_PER_SECOND = 1_000;

    static VirtualUserPool of(String name, VirtualUsers virtualUsers, int clients, double rate) {
        virtualUsers.resize(clients, CONNECTS_PER_SECOND);
        return new VirtualUserPool(name, virtualUsers, rate);
    }

    @Override
    public int live() {
        return virtualUsers.live();
    }

    @Override
    public int size() {
        return virtualUsers.target();
    }

    @Override
    public void publish() {
        virtualUsers.rate(rate);
    }

    @Override
    public void stop() {
        virtualUsers.rate(0);
    }

    @Override
    public int pending() {
        return virtualUsers.pending();
    }

    @Override
    public Timeline reconnects() {
        return virtualUsers.reconnects();
    }

    @Override
    public String complaints() {
        return String.join("\n", virtualUsers.complaints());
    }

    @Override
    public void close() {
        virtualUsers.close();
    }
}
