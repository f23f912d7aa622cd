@NullMarked
package io.tidegate.time;

import org.jspecify.annotations.NullMarked;
