/** A whole fleet in one thread: its order, its delays and its faults come from a seed. */
@NullMarked
package io.tidegate.simulation;

import org.jspecify.annotations.NullMarked;
