/** What a stranger may send to real servers, and whether anybody else is hurt by it. */
@NullMarked
package io.tidegate.hostile;

import org.jspecify.annotations.NullMarked;
