/** Counters of a node, and their names in a registry. A runtime provides the registry. */
@NullMarked
package io.tidegate.metrics;

import org.jspecify.annotations.NullMarked;
