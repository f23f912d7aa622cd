package io.tidegate.relay;

import io.tidegate.protocol.Position;

/**
 * The state of a topic when a node subscribes to it.
 *
 * @param head the position of the topic's last message
 * @param watched whether a client or a back end may want to see the topic's presence
 */
record Attachment(Position head, boolean watched) {}
