/** The server on Helidon SE: a WebSocket connection of its own (RFC 6455) on virtual threads. */
@NullMarked
package io.tidegate.se;

import org.jspecify.annotations.NullMarked;
