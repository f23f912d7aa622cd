package io.tidegate.rehearsal.scale;

/**
 * What a trigger of type {@code prometheus} asks.
 *
 * @param target of one pod
 * @param ignoreNull whether an empty answer counts as 0, as it does where nothing is said
 */
record Query(String name, String promql, double target, boolean ignoreNull) {}
