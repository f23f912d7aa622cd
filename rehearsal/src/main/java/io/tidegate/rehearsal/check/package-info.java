/** What happened, as the application saw it, and whether that is what was promised. */
@NullMarked
package io.tidegate.rehearsal.check;

import org.jspecify.annotations.NullMarked;
