/** The relay joins the nodes: one order of messages for each topic, in memory or through Redis. */
@NullMarked
package io.tidegate.relay;

import org.jspecify.annotations.NullMarked;
