/** The connections of a node: their requests, and how messages reach their sockets. */
@NullMarked
package io.tidegate.hub;

import org.jspecify.annotations.NullMarked;
