/** The Java client in a simulation; beside the classes of the client that only its package sees. */
@NullMarked
package io.tidegate.client;

import org.jspecify.annotations.NullMarked;
