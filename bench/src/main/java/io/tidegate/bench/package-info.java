/** What a message costs, step by step. */
@NullMarked
package io.tidegate.bench;

import org.jspecify.annotations.NullMarked;
