/** The cost of a message, step by step. */
@NullMarked
package io.tidegate.bench;

import org.jspecify.annotations.NullMarked;
