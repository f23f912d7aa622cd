/** What the commands of several modules have in common. */
@NullMarked
package io.tidegate.command;

import org.jspecify.annotations.NullMarked;
