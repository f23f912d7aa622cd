/** What back ends ask over HTTP, without HTTP: requests in, answers out. */
@NullMarked
package io.tidegate.api;

import org.jspecify.annotations.NullMarked;
