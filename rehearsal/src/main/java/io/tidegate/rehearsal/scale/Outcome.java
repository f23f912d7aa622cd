package io.tidegate.rehearsal.scale;

import java.util.List;

/**
 * What a rehearsal has shown.
 *
 * @param phases the surge, and the ebb
 */
public record Outcome(RehearsalPlan plan, List<Moment> moments, List<Phase> phases, Verdict verdict) {}
