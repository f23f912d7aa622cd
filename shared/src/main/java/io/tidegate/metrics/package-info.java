/** Counters of a node, and their names in a registry; a runtime brings the registry. */
@NullMarked
package io.tidegate.metrics;

import org.jspecify.annotations.NullMarked;
