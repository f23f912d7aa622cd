/** The keys, their defaults and checks, and the settings, which are read once at the start. */
@NullMarked
package io.tidegate.settings;

import org.jspecify.annotations.NullMarked;
