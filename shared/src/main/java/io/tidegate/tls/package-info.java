/** Keys and certificates from PEM files, reloaded while they are in use. Independent of the runtime. */
@NullMarked
package io.tidegate.tls;

import org.jspecify.annotations.NullMarked;
