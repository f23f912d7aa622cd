/** What the nodes of a fleet tell each other, and how they even out their connections. */
@NullMarked
package io.tidegate.fleet;

import org.jspecify.annotations.NullMarked;
