/** Pages with tables and plots that need nothing beside themselves: no script, no font, no network. */
@NullMarked
package io.tidegate.rehearsal.plot;

import org.jspecify.annotations.NullMarked;
