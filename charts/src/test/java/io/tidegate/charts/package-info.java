@NullMarked
package io.tidegate.charts;

import org.jspecify.annotations.NullMarked;
