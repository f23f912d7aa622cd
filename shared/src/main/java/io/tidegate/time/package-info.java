/** Time as the core reads it. */
@NullMarked
package io.tidegate.time;

import org.jspecify.annotations.NullMarked;
