/** A pool of clients that grows, shrinks and publishes on request, and reports what it saw. */
@NullMarked
package io.tidegate.workload;

import org.jspecify.annotations.NullMarked;
