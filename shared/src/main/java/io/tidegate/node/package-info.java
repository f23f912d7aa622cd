/** A node as a whole, and the life of its process. */
@NullMarked
package io.tidegate.node;

import org.jspecify.annotations.NullMarked;
