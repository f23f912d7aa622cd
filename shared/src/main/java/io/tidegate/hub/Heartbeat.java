package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a tick needs for all connections: the intervals, and one heartbeat that is encoded once and shared. */
final class Heartbeat {
    private final long intervalNanos;
    private final long idleNanos;
    private final Clock clock;
    private @Nullable FrameBatch frames;

    Heartbeat(Settings.Peers peers, Clock clock) {
        this.intervalNanos = peers.heartbeat().toNanos();
        this.idleNanos = peers.idle().toNanos();
        this.clock = clock;
    }

    /** A new tick: its heartbeats carry a new timestamp. */
    void renew() {
        frames = null;
    }

    long intervalNanos() {
        return intervalNanos;
    }

    long idleNanos() {
        return idleNanos;
    }

    /** The JSON heartbeat for the application, and a ping that the peer's WebSocket library answers by itself. */
    FrameBatch frames() {
        FrameBatch present = frames;
        if (present == null) {
            present = FrameBatch.join(List.of(
                    FrameBatch.of(new ServerFrame.Heartbeat(clock.epochMillis())),
                    FrameBatch.of(Opcode.PING, new byte[0])));
            frames = present;
        }
        return present;
    }
}
