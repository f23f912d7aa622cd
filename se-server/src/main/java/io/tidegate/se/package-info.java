/** Starts a server on Helidon SE: its settings, its listeners, health and metrics. */
@NullMarked
package io.tidegate.se;

import org.jspecify.annotations.NullMarked;
