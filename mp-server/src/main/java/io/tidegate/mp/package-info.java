/** The server on Helidon MP: Jakarta WebSocket endpoints, CDI, and MicroProfile's Config, Health and Metrics. */
@NullMarked
package io.tidegate.mp;

import org.jspecify.annotations.NullMarked;
