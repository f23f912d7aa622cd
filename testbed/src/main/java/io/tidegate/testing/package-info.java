/** Real servers and a real Redis in separate processes, for tests and rehearsals. */
@NullMarked
package io.tidegate.testing;

import org.jspecify.annotations.NullMarked;
