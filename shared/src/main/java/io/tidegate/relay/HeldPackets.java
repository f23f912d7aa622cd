package io.tidegate.relay;

import java.util.ArrayList;
import java.util.List;

/**
 * The packets of a topic that arrive while its history is read, bounded in bytes. Its owner is the
 * {@link TopicDelivery}.
 */
final class HeldPackets {
    /** A limit is possible because the history also holds these packets. */
    private static final long MAX_BYTES = 16 << 20;

    private List<TopicPacket> packets = new ArrayList<>();
    private long bytes;
    private boolean holding;

    /** Holds the packets that arrive from now on, and discards those held before. */
    void begin() {
        release();
        holding = true;
    }

    boolean isHolding() {
        return holding;
    }

    /** Holds one more packet; false where the limit of bytes is exceeded. */
    boolean add(TopicPacket packet, int size) {
        packets.add(packet);
        bytes += size;
        return bytes <= MAX_BYTES;
    }

    /** Stops holding. Returns the packets that were held. */
    List<TopicPacket> release() {
        List<TopicPacket> released = packets;
        packets = new ArrayList<>();
        bytes = 0;
        holding = false;
        return released;
    }
}
