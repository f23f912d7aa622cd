package io.tidegate.chaos;

import io.tidegate.workload.Timeline;
import io.tidegate.workload.VirtualUsers;
import java.util.List;

/** Clients in this process. */
final class VirtualUserPool extends ClientPool {
    /** A limit, so that the accept queue does not overflow. */
    private static final double CONNECTS_PER_SECOND = 1_000;

    private final VirtualUsers virtualUsers;
    private final double rate;

    /** @param rate messages a second, when they publish */
    VirtualUserPool(String name, VirtualUsers virtualUsers, int clients, double rate) {
        super(name);
        this.virtualUsers = virtualUsers;
        this.rate = rate;
        virtualUsers.resize(clients, CONNECTS_PER_SECOND);
    }

    @Override
    int live() {
        return virtualUsers.live();
    }

    @Override
    int size() {
        return virtualUsers.target();
    }

    @Override
    void publish() {
        virtualUsers.rate(rate);
    }

    @Override
    void stop() {
        virtualUsers.rate(0);
    }

    @Override
    int pending() {
        return virtualUsers.pending();
    }

    @Override
    Timeline reconnects() {
        return virtualUsers.reconnects();
    }

    @Override
    List<String> complaints() {
        return List.copyOf(virtualUsers.complaints());
    }

    @Override
    public void close() {
        virtualUsers.close();
    }
}
