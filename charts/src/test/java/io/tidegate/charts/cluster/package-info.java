/** The chart on a real cluster: {@code ./tidegate chart --cluster}. */
@NullMarked
package io.tidegate.charts.cluster;

import org.jspecify.annotations.NullMarked;
