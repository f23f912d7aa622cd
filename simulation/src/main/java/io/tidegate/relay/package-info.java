@NullMarked
package io.tidegate.relay;

import org.jspecify.annotations.NullMarked;
