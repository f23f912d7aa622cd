/** Attacks of strangers on real servers, and whether they harm other clients. */
@NullMarked
package io.tidegate.hostile;

import org.jspecify.annotations.NullMarked;
