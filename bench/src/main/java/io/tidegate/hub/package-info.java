/** Benchmarks of what the hub shows nobody. */
@NullMarked
package io.tidegate.hub;

import org.jspecify.annotations.NullMarked;
