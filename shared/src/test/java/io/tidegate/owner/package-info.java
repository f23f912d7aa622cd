@NullMarked
package io.tidegate.owner;

import org.jspecify.annotations.NullMarked;
