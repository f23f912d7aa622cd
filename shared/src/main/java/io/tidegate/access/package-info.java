/**
 * Who a client is, and what it may do: tokens (JWT, RFC 7519), the keys that sign them, and rights by topic. Knows nothing of
 * sockets, connections or frames.
 */
@NullMarked
package io.tidegate.access;

import org.jspecify.annotations.NullMarked;
