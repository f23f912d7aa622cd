/** Benchmarks of classes that are private to the hub. */
@NullMarked
package io.tidegate.hub;

import org.jspecify.annotations.NullMarked;
