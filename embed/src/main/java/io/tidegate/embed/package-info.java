/** Tidegate's endpoints in a Helidon SE application; docs/embedding.md has one that is complete. */
@NullMarked
package io.tidegate.embed;

import org.jspecify.annotations.NullMarked;
