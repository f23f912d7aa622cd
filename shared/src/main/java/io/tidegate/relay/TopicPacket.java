package io.tidegate.relay;

/** What arrives on the channel of a topic with a history. */
sealed interface TopicPacket permits Packet, PresenceChange {}
