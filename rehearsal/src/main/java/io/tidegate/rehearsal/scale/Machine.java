package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.load.ProcessLimits;
import io.tidegate.testing.Program;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this machine can carry.
 *
 * @param proxies that share the clients, so that none of them runs out of file descriptors
 * @param connectionsEach that one of them may carry
 */
record Machine(int proxies, int connectionsEach) {
    /** Connections for each client: a client that is handed over has two for a moment. */
    private static final double MOVING = 1.25;

    /** Files that a proxy has open besides its connections. */
    private static final int OTHERS = 500;

    private static final int MOST = 100_000;

    /**
     * Checks whether a rehearsal with this many clients can be played.
     *
     * @throws UnplayableException that names everything that is missing
     */
    static Machine check(int clients) {
        List<String> missing = Stream.of("prometheus", "haproxy")
                .filter(program -> Program.find(program).isEmpty())
                .map(program -> program + ": apt-get install " + program)
                .toList();
        if (!missing.isEmpty()) {
            throw new UnplayableException("rehearse needs " + String.join("; ", missing));
        }
        return of(clients, ProcessLimits.here());
    }

    /**
     * Checks whether this machine can carry this many clients, with the servers elsewhere.
     *
     * @throws UnplayableException that says what is missing
     */
    static void roomFor(int clients) {
        refuse(ProcessLimits.here().refusal((int) (clients * MOVING), 1));
    }

    static Machine of(int clients, ProcessLimits limits) {
        int connections = (int) (clients * MOVING);
        int each = (int) Math.max(1, Math.min(MOST, (limits.files() - OTHERS) / 2));
        int proxies = (int) Math.ceil((double) connections / each);
        refuse(limits.refusal(connections, proxies));
        return new Machine(proxies, each);
    }

    private static void refuse(Optional<String> refusal) {
        refusal.ifPresent(why -> {
            throw new UnplayableException("clients, while some of them move, have too many connections: " + why);
        });
    }
}
