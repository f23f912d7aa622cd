@NullMarked
package io.tidegate.mp;

import org.jspecify.annotations.NullMarked;
