/** The network between clients, servers and Redis, which can be cut. */
@NullMarked
package io.tidegate.chaos.net;

import org.jspecify.annotations.NullMarked;
