/** The core on Helidon's web server, for SE and MP: listeners, handshakes, and reading and writing of sockets. */
@NullMarked
package io.tidegate.helidon;

import org.jspecify.annotations.NullMarked;
