/** What is sent over a connection: topics, messages, positions and frames, and how they are read and written. No I/O. */
@NullMarked
package io.tidegate.protocol;

import org.jspecify.annotations.NullMarked;
