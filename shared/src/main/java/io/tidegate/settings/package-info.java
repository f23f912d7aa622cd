@NullMarked
package io.tidegate.settings;

import org.jspecify.annotations.NullMarked;
