package io.tidegate.rehearsal.scale;

import java.util.List;

/**
 * The result of a rehearsal.
 *
 * @param notes what was real and what was not
 * @param phases the surge and the ebb
 */
public record Outcome(
        RehearsalPlan plan, List<String> notes, List<Moment> moments, List<Phase> phases, Verdict verdict) {}
