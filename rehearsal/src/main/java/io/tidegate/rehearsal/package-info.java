/** The command line. */
@NullMarked
package io.tidegate.rehearsal;

import org.jspecify.annotations.NullMarked;
