/** What a server on Helidon is made of, whichever of Helidon's two runtimes starts it. */
@NullMarked
package io.tidegate.helidon;

import org.jspecify.annotations.NullMarked;
