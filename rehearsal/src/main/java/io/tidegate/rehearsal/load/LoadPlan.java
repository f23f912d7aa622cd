package io.tidegate.rehearsal.load;

import java.time.Duration;

/**
 * What a load is to be.
 *
 * @param rate messages a second, all together
 * @param duration from the first connection on
 */
public record LoadPlan(Profile profile, LoadProfile loadProfile, double rate, Duration duration) {}
