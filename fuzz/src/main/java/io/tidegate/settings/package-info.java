/** Fuzz targets beside the classes that only this package sees. */
@NullMarked
package io.tidegate.settings;

import org.jspecify.annotations.NullMarked;
