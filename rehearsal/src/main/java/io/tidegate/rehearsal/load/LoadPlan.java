package io.tidegate.rehearsal.load;

import io.tidegate.workload.Profile;
import java.time.Duration;

/**
 * The plan of a load.
 *
 * @param rate messages a second, of all clients together
 * @param duration from the first connection on
 */
record LoadPlan(Profile profile, LoadProfile loadProfile, double rate, Duration duration) {}
