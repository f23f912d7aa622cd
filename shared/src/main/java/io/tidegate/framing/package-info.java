/** The server's half of RFC 6455 up to whole messages: a handshake judged, and bytes read as frames. */
@NullMarked
package io.tidegate.framing;

import org.jspecify.annotations.NullMarked;
