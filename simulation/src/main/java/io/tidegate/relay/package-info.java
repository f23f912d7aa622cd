/** A Redis and the links to it, without I/O, for the simulation; beside the classes of the relay that only its package sees. */
@NullMarked
package io.tidegate.relay;

import org.jspecify.annotations.NullMarked;
