package io.tidegate.rehearsal.load;

import io.tidegate.rehearsal.check.Journal;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the members of a swarm have in common.
 *
 * @param timers for tasks that are short
 */
record Shared(Profile profile, Journal journal, Tally tally, ScheduledExecutorService timers) {}
