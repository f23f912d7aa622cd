/** Fuzz targets beside the classes that only this package sees. */
@NullMarked
package io.tidegate.framing;

import org.jspecify.annotations.NullMarked;
