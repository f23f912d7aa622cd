/** Connections of a node: what they ask, and how messages reach their sockets. */
@NullMarked
package io.tidegate.hub;

import org.jspecify.annotations.NullMarked;
