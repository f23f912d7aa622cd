@NullMarked
package io.tidegate.helidon;

import org.jspecify.annotations.NullMarked;
