package io.tidegate.rehearsal.scale;

import java.util.List;

/** Stub. */
final class SwarmClients {
    private SwarmClients() {}

    static Clients of(List<String> urls, RehearsalPlan.Load load) {
        throw new UnsupportedOperationException();
    }
}
