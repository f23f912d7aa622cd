/** Fuzz targets. The package gives access to package-private classes. */
@NullMarked
package io.tidegate.framing;

import org.jspecify.annotations.NullMarked;
