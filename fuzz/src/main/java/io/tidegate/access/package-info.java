/** Fuzz targets beside the classes that only this package sees. */
@NullMarked
package io.tidegate.access;

import org.jspecify.annotations.NullMarked;
