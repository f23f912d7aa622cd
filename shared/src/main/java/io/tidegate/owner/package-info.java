/** Inboxes: each piece of state has one owner, which takes posted events one after the other. */
@NullMarked
package io.tidegate.owner;

import org.jspecify.annotations.NullMarked;
