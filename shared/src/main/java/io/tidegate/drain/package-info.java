/** How connections leave a node in order, and what the nodes of a fleet tell each other. */
@NullMarked
package io.tidegate.drain;

import org.jspecify.annotations.NullMarked;
