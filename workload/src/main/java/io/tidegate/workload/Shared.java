package io.tidegate.workload;

import io.tidegate.check.Journal;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What virtual users share.
 *
 * @param timers for short tasks
 * @param issuer of tokens, where the fleet is closed
 */
record Shared(Profile profile, Journal journal, Tally tally, ScheduledExecutorService timers, Optional<Issuer> issuer) {

    /** A path with the token in its query, for clients that cannot set a header. */
    String withToken(String path, String user) {
        return issuer.map(
                        one -> path + (path.contains("?") ? "&" : "?") + "access_token=" + one.token(user, Issuer.LONG))
                .orElse(path);
    }
}
