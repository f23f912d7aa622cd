@NullMarked
package io.tidegate.fuzz;

import org.jspecify.annotations.NullMarked;
