/** The events that the applications saw, and whether they are what was promised. */
@NullMarked
package io.tidegate.rehearsal.check;

import org.jspecify.annotations.NullMarked;
