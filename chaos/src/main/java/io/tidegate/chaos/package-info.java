/** A fleet under faults, and the clients that watch it. */
@NullMarked
package io.tidegate.chaos;

import org.jspecify.annotations.NullMarked;
