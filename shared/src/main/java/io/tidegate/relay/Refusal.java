package io.tidegate.relay;

import io.tidegate.protocol.Topic;

/**
 * Redis has refused an operation of one topic. Whether that concerns the topic alone, the next {@link Probe} shows.
 *
 * @param reason one line for an operator
 */
record Refusal(Topic topic, String reason) {}
