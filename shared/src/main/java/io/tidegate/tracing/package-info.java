/** The seam to what follows one request through a fleet; a runtime brings it. */
@NullMarked
package io.tidegate.tracing;

import org.jspecify.annotations.NullMarked;
