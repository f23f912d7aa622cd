/** The events that the applications saw, and whether they are what was promised. */
@NullMarked
package io.tidegate.check;

import org.jspecify.annotations.NullMarked;
