/** Coverage-guided fuzzing: what is fuzzed, and how Jazzer is run on it. */
@NullMarked
package io.tidegate.fuzz;

import org.jspecify.annotations.NullMarked;
