@NullMarked
package io.tidegate.se;

import org.jspecify.annotations.NullMarked;
