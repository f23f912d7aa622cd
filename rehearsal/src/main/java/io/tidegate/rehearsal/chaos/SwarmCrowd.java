package io.tidegate.rehearsal.chaos;

import io.tidegate.rehearsal.load.Swarm;
import io.tidegate.rehearsal.load.Timeline;

/**
 * Clients of this process.
 *
 * @param rate messages a second, once they publish
 */
record SwarmCrowd(String name, Swarm swarm, double rate) implements Crowd {
    /** Lest the accept queue overflow. */
    private static final double CONNECTS_PER_SECOND = 1_000;

    static SwarmCrowd of(String name, Swarm swarm, int clients, double rate) {
        swarm.resize(clients, CONNECTS_PER_SECOND);
        return new SwarmCrowd(name, swarm, rate);
    }

    @Override
    public int live() {
        return swarm.live();
    }

    @Override
    public int size() {
        return swarm.target();
    }

    @Override
    public void publish() {
        swarm.rate(rate);
    }

    @Override
    public void stop() {
        swarm.rate(0);
    }

    @Override
    public int pending() {
        return swarm.pending();
    }

    @Override
    public Timeline reconnects() {
        return swarm.reconnects();
    }

    @Override
    public String complaints() {
        return String.join("\n", swarm.complaints());
    }

    @Override
    public void close() {
        swarm.close();
    }
}
