package io.tidegate.rehearsal.scale;

import java.util.List;

/**
 * The result of a rehearsal.
 *
 * @param notes what was real and what was not
 */
record Outcome(RehearsalPlan plan, List<String> notes, List<Moment> moments, Verdict.Phases phases, Verdict verdict) {}
