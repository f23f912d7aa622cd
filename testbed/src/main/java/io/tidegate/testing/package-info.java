/** Real servers and a real Redis in processes of their own, for tests and rehearsals. */
@NullMarked
package io.tidegate.testing;

import org.jspecify.annotations.NullMarked;
