package io.tidegate.rehearsal.scale;

/**
 * The query of a trigger of type {@code prometheus}.
 *
 * @param target of one pod
 * @param ignoreNull whether an empty answer counts as 0, which is the default
 */
record Query(String name, String promql, double target, boolean ignoreNull) {}
