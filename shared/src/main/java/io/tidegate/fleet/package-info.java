/** The reports that the nodes of a fleet send to each other, and how the nodes even out their connections. */
@NullMarked
package io.tidegate.fleet;

import org.jspecify.annotations.NullMarked;
