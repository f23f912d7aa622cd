/** Owners: who holds a piece of state, and how what others tell it reaches it. */
@NullMarked
package io.tidegate.owner;

import org.jspecify.annotations.NullMarked;
