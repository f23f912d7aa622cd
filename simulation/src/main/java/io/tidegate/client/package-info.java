/** The Java client in a simulation. The package gives access to package-private classes of the client. */
@NullMarked
package io.tidegate.client;

import org.jspecify.annotations.NullMarked;
