/** How connections leave a node in order. */
@NullMarked
package io.tidegate.drain;

import org.jspecify.annotations.NullMarked;
