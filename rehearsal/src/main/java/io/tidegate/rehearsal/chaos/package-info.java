/** A fleet under faults, and the clients that watch it. */
@NullMarked
package io.tidegate.rehearsal.chaos;

import org.jspecify.annotations.NullMarked;
