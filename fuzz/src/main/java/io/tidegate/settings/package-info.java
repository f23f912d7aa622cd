/** Fuzz targets. The package gives access to package-private classes. */
@NullMarked
package io.tidegate.settings;

import org.jspecify.annotations.NullMarked;
