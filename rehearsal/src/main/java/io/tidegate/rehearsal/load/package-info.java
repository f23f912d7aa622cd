/** A load test of a fleet: {@code ./tidegate load}. */
@NullMarked
package io.tidegate.rehearsal.load;

import org.jspecify.annotations.NullMarked;
