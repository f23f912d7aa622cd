/** Keys, their defaults and checks, and the settings that are read from them once, at the start. */
@NullMarked
package io.tidegate.settings;

import org.jspecify.annotations.NullMarked;
