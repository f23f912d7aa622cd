/** How connections leave a node in an orderly way. */
@NullMarked
package io.tidegate.drain;

import org.jspecify.annotations.NullMarked;
