/** Coverage-guided fuzzing: the targets, and the runs of Jazzer on them. */
@NullMarked
package io.tidegate.fuzz;

import org.jspecify.annotations.NullMarked;
