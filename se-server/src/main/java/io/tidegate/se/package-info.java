/** Starts a server on Helidon SE: its settings, its two listeners, health and metrics. */
@NullMarked
package io.tidegate.se;

import org.jspecify.annotations.NullMarked;
