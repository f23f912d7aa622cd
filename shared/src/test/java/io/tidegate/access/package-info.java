@NullMarked
package io.tidegate.access;

import org.jspecify.annotations.NullMarked;
