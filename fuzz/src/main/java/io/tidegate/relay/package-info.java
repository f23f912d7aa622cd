/** Fuzz targets. The package gives access to package-private classes. */
@NullMarked
package io.tidegate.relay;

import org.jspecify.annotations.NullMarked;
