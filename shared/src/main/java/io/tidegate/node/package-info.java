@NullMarked
package io.tidegate.node;

import org.jspecify.annotations.NullMarked;
