/** A whole node, and the life of its process. */
@NullMarked
package io.tidegate.node;

import org.jspecify.annotations.NullMarked;
