@NullMarked
package io.tidegate.hub;

import org.jspecify.annotations.NullMarked;
