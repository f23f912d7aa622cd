/** Real servers and a real Redis in separate processes, for tests and for the commands that run them. */
@NullMarked
package io.tidegate.testing;

import org.jspecify.annotations.NullMarked;
