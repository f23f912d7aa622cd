package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends joins and leaves to the subscriptions that are shown a topic's presence. Each change has its own frame. While
 * many changes come, several are sent in one frame. For the write loop's thread alone.
 */
final class PresenceNews {
    /** Changes a second that get a frame of their own. Further changes are gathered. */
    private static final int MOST = 20;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Topic topic;
    private final Consumer<FrameBatch> watchers;
    private final SequencedSet<Optional<String>> joined = new LinkedHashSet<>();
    private final SequencedSet<Optional<String>> left = new LinkedHashSet<>();
    private long second;
    private int sent;
    private long sendNanos;

    PresenceNews(Topic topic, Consumer<FrameBatch> watchers) {
        this.topic = topic;
        this.watchers = watchers;
    }

    void add(PresenceView.Difference difference, long now) {
        difference.left().forEach(user -> add(user, new ServerFrame.Leave(topic, user), left, joined, now));
        difference.joined().forEach(user -> add(user, new ServerFrame.Join(topic, user), joined, left, now));
    }

    private void add(
            Optional<String> user,
            ServerFrame frame,
            SequencedSet<Optional<String>> same,
            SequencedSet<Optional<String>> opposite,
            long now) {
        if (now - second >= SECOND) {
            second = now;
            sent = 0;
        }
        boolean gathering = !joined.isEmpty() || !left.isEmpty();
        if (!gathering && sent < MOST) {
            sent++;
            watchers.accept(FrameBatch.of(frame));
            return;
        }
        if (!gathering) {
            sendNanos = now + GATHER_NANOS;
        }
        if (!opposite.remove(user)) {
            same.add(user);
        }
    }

    /** Sends the gathered changes when they are due. */
    void tick(long now) {
        if ((joined.isEmpty() && left.isEmpty()) || now - sendNanos < 0) {
            return;
        }
        sendNanos = now + GATHER_NANOS;
        while (!joined.isEmpty() || !left.isEmpty()) {
            List<Optional<String>> gone = take(left);
            List<Optional<String>> came = take(joined);
            watchers.accept(FrameBatch.of(new ServerFrame.PresenceChanged(topic, came, gone)));
        }
    }

    private static List<Optional<String>> take(SequencedSet<Optional<String>> users) {
        List<Optional<String>> taken = users.stream().limit(PresencePages.MOST).toList();
        taken.forEach(users::remove);
        return taken;
    }
}
