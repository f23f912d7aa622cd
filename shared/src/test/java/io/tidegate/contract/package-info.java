@NullMarked
package io.tidegate.contract;

import org.jspecify.annotations.NullMarked;
