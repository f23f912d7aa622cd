package io.tidegate.rehearsal.scale;

import java.util.List;

/** Stub. */
final class SwarmClients {
    private SwarmClients() {}

    static Clients of(List<java.net.URI> targets, RehearsalPlan.Load load) {
        throw new UnsupportedOperationException();
    }
}
