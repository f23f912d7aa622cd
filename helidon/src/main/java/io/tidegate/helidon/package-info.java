/** The core behind Helidon's web server, the same on SE and MP: listeners, handshakes, and a socket's reading and writing. */
@NullMarked
package io.tidegate.helidon;

import org.jspecify.annotations.NullMarked;
