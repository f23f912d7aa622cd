package io.tidegate.relay;

/** A packet on the channel of a topic with a history. */
sealed interface TopicPacket permits Packet, PresenceChange {}
