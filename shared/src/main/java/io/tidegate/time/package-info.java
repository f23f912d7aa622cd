/** The clock of the core, and a time that does not pass while the node stands still. */
@NullMarked
package io.tidegate.time;

import org.jspecify.annotations.NullMarked;
