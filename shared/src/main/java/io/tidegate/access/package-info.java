/**
 * The identity and rights of clients: tokens (JWT, RFC 7519), the keys that sign them, and rights by topic. Uses no
 * sockets, connections or frames.
 */
@NullMarked
package io.tidegate.access;

import org.jspecify.annotations.NullMarked;
