package io.tidegate.relay;

import io.tidegate.protocol.Position;

/**
 * How a node finds a topic.
 *
 * @param head the position of its last message
 * @param watched whether somebody may want to see who is there
 */
record Attachment(Position head, boolean watched) {}
