/** A pool of clients that grows, shrinks and publishes as it is told, and tells what it saw. */
@NullMarked
package io.tidegate.rehearsal.load;

import org.jspecify.annotations.NullMarked;
