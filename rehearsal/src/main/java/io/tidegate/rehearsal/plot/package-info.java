/** Pages with tables and plots that need nothing else: no script, no font, no network. */
@NullMarked
package io.tidegate.rehearsal.plot;

import org.jspecify.annotations.NullMarked;
