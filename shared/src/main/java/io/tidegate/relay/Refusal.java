package io.tidegate.relay;

import io.tidegate.protocol.Topic;

/**
 * Redis has refused an operation of one topic. The next {@link Probe} shows whether the refusal concerns the topic
 * alone.
 *
 * @param reason one line for an operator
 */
record Refusal(Topic topic, String reason) {}
