/** The API for back ends, without HTTP: requests in, answers out. */
@NullMarked
package io.tidegate.api;

import org.jspecify.annotations.NullMarked;
