/** What goes over a connection: topics, messages, positions, frames, and how they are read and written. No I/O. */
@NullMarked
package io.tidegate.protocol;

import org.jspecify.annotations.NullMarked;
