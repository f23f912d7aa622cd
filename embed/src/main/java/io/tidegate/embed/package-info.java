/** Tidegate's endpoints in a Helidon SE application; docs/embedding.md has a complete one. */
@NullMarked
package io.tidegate.embed;

import org.jspecify.annotations.NullMarked;
