@NullMarked
package io.tidegate.framing;

import org.jspecify.annotations.NullMarked;
