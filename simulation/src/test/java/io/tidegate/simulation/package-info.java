@NullMarked
package io.tidegate.simulation;

import org.jspecify.annotations.NullMarked;
