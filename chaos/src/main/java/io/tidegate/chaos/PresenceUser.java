package io.tidegate.chaos;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.tidegate.client.Message;
import io.tidegate.client.Options;
import io.tidegate.client.State;
import io.tidegate.client.StateChange;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.TopicListener;
import io.tidegate.client.Trace;
import io.tidegate.workload.Issuer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One user of a topic, and the user's present client. The user reports its own presence. */
final class PresenceUser {
    /** An end that is older than this belongs to an earlier connection. */
    private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final List<String> urls;
    private final Attendance attendance;
    private @Nullable TidegateClient client;
    private boolean serves;
    private boolean leaves;

    /** When the last connection ended, according to its socket. The client reports the end on another thread. */
    private volatile long ended;

    /** When the user was last no longer served; 0 before the first service, and while the user has left. */
    private long unserved;

    /** @param urls the first is tried first */
    PresenceUser(String name, List<String> urls, Attendance attendance) {
        this.name = name;
        this.urls = urls;
        this.attendance = attendance;
    }

    String name() {
        return name;
    }

    synchronized void come(Issuer issuer, Duration tokenLife) {
        leaves = false;
        Options options = Options.of(urls.toArray(String[]::new))
                .withToken(() -> issuer.token(name, tokenLife))
                .withTraces(this::look)
                .withStates(this::changed);
        TidegateClient own = TidegateClient.connect(options);
        client = own;
        var unused = own.subscribe(PresencePool.TOPIC, new TopicListener() {
            @Override
            public void message(Message message) {}
        });
    }

    synchronized boolean leaves() {
        return leaves;
    }

    /**
     * Leaves. The leave is logged before the connection ends, so that no watcher can be told too early.
     *
     * @return false where the user has left already
     */
    @CanIgnoreReturnValue
    synchronized boolean leave() {
        if (leaves) {
            return false;
        }
        leaves = true;
        TidegateClient own = client;
        if (own != null) {
            ceases(System.nanoTime());
            own.close();
        }
        return true;
    }

    private void look(Trace trace) {
        if (trace.kind() == Trace.Kind.ENDED) {
            ended = System.nanoTime();
        }
    }

    private synchronized void changed(StateChange change) {
        switch (change.to()) {
            case LIVE, LEAVING, HANDING_OVER -> {
                if (change.from() == State.HANDING_OVER && change.to() == State.LIVE) {
                    attendance.moved();
                }
                if (!serves && !leaves) {
                    serves = true;
                    if (unserved != 0) {
                        attendance.wasWithout(System.nanoTime() - unserved);
                    }
                    attendance.came(name);
                }
            }
            case CONNECTING, RESUMING, WAITING, CLOSED -> {
                long now = System.nanoTime();
                ceases(now - ended < TOLD_NANOS ? ended : now);
            }
        }
    }

    private void ceases(long at) {
        if (serves) {
            serves = false;
            unserved = leaves ? 0 : at;
            attendance.went(name, at);
        }
    }
}
