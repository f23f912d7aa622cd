/** Keys and certificates from PEM files, reloaded while they are used; nothing of a runtime. */
@NullMarked
package io.tidegate.tls;

import org.jspecify.annotations.NullMarked;
