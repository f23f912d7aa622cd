@NullMarked
package io.tidegate.drain;

import org.jspecify.annotations.NullMarked;
