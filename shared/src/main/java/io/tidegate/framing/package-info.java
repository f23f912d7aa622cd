/** The server's half of RFC 6455 up to whole messages: checks a handshake, and reads bytes as frames. */
@NullMarked
package io.tidegate.framing;

import org.jspecify.annotations.NullMarked;
