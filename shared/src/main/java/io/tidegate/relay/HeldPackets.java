package io.tidegate.relay;

import java.util.ArrayList;
import java.util.List;

/** What arrives of a topic while its history is read, bounded in bytes. Its owner is the {@link TopicDelivery}. */
final class HeldPackets {
    /** The history holds them, too. */
    private static final long MAX_BYTES = 16 << 20;

    private List<TopicPacket> packets = new ArrayList<>();
    private long bytes;
    private boolean holding;

    /** Holds what comes from now on, and forgets what came before. */
    void begin() {
        release();
        holding = true;
    }

    boolean isHolding() {
        return holding;
    }

    /** Holds one more; false where that are too many bytes. */
    boolean add(TopicPacket packet, int size) {
        packets.add(packet);
        bytes += size;
        return bytes <= MAX_BYTES;
    }

    /** Holds no more; returns what was held. */
    List<TopicPacket> release() {
        List<TopicPacket> released = packets;
        packets = new ArrayList<>();
        bytes = 0;
        holding = false;
        return released;
    }
}
