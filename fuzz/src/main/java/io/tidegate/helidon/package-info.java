/** Fuzz targets. The package gives access to package-private classes. */
@NullMarked
package io.tidegate.helidon;

import org.jspecify.annotations.NullMarked;
