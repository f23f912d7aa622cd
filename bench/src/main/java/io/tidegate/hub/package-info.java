/** Benchmarks of classes that only the hub sees. */
@NullMarked
package io.tidegate.hub;

import org.jspecify.annotations.NullMarked;
