/** A Redis and its links, without I/O, for the simulation. The package gives access to package-private classes of the relay. */
@NullMarked
package io.tidegate.relay;

import org.jspecify.annotations.NullMarked;
