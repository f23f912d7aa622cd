package io.tidegate.check;

import org.jspecify.annotations.Nullable;

/** One publish, and when it happened, counted in events of the whole journal. */
final class Published {
    private static final long NEVER = Long.MAX_VALUE;

    final long handedOverAt;
    long acknowledgedAt = NEVER;
    boolean abandoned;

    /** Whether the server has answered at least one try by {@code relay-unavailable}, before it acknowledged another. */
    boolean refused;

    @Nullable
    String position;

    Published(long handedOverAt) {
        this.handedOverAt = handedOverAt;
    }

    boolean isAcknowledged() {
        return acknowledgedAt != NEVER;
    }

    /** Whether the publisher's result is final. */
    boolean isSettled() {
        return abandoned || isAcknowledged();
    }
}
