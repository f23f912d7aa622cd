package io.tidegate.workload;

import io.tidegate.client.TidegateClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The users, who come and go at a rate. Its monitor guards everything. */
final class UserPool {
    private static final long TICK_MILLIS = 10;
    /** The longest time that a leaving user waits for the acknowledgement of its publishes. */
    private static final long FAREWELL_NANOS = Duration.ofSeconds(10).toNanos();

    private final Shared shared;
    private final List<VirtualUser> users = new ArrayList<>();
    private final Deque<Leaving> leaving = new ArrayDeque<>();
    private final Schedule pace = new Schedule();
    private int created;
    private int target;
    private int turn;

    private record Leaving(VirtualUser user, long until) {}

    UserPool(Shared shared) {
        this.shared = shared;
        var unused = shared.timers().scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void resize(int target, double perSecond) {
        this.target = target;
        pace.rate(perSecond, System.nanoTime());
    }

    /** Makes the present number of users the target. */
    synchronized void hold() {
        target = users.size();
    }

    synchronized int target() {
        return target;
    }

    synchronized boolean isAtTarget() {
        return users.size() == target && leaving.isEmpty();
    }

    synchronized List<VirtualUser> users() {
        return List.copyOf(users);
    }

    /**
     * Connecting takes a while, so it happens outside the monitor: a thread that reads the users must not wait for it.
     */
    private void tick() {
        come().forEach(VirtualUser::start);
    }

    /** Returns the users that come now. Removes the users that must leave. */
    private synchronized List<VirtualUser> come() {
        List<VirtualUser> coming = new ArrayList<>();
        long now = System.nanoTime();
        while (users.size() != target && pace.due() <= now) {
            pace.taken();
            if (users.size() < target) {
                VirtualUser user = create(created++);
                users.add(user);
                coming.add(user);
            } else {
                leaving.add(new Leaving(users.removeLast(), now + FAREWELL_NANOS));
            }
        }
        leaving.removeIf(guest -> {
            boolean goes = guest.user().isSettled() || guest.until() <= now;
            if (goes) {
                guest.user().close();
            }
            return goes;
        });
        return coming;
    }

    private VirtualUser create(int index) {
        return switch (shared.profile().mix().of(index)) {
            case V1 -> new FullUser(index, shared);
            case PLAIN -> new SocketUser(index, Dialect.PLAIN, shared);
            case BROADCAST -> new SocketUser(index, Dialect.BROADCAST, shared);
        };
    }

    /** The next user that can publish; empty where none can. */
    synchronized Optional<VirtualUser> next() {
        for (int i = 0; i < users.size(); i++) {
            turn = (turn + 1) % users.size();
            VirtualUser user = users.get(turn);
            if (user.canPublish()) {
                return Optional.of(user);
            }
        }
        return Optional.empty();
    }

    /** Lets one of the users publish a last message on the broadcast path. */
    void publishLastBroadcast(int number, long due) {
        users().stream()
                .filter(VirtualUser::canPublish)
                .filter(SocketUser.class::isInstance)
                .map(SocketUser.class::cast)
                .filter(SocketUser::broadcasts)
                .findFirst()
                .ifPresent(user -> user.publishLast(number, due));
    }

    /** The served clients of {@code tidegate.v1}. */
    List<TidegateClient> clients() {
        return users().stream()
                .filter(VirtualUser::canPublish)
                .filter(FullUser.class::isInstance)
                .map(user -> ((FullUser) user).client())
                .flatMap(Optional::stream)
                .toList();
    }

    synchronized void close() {
        target = 0;
        users.forEach(VirtualUser::close);
        leaving.forEach(guest -> guest.user().close());
        users.clear();
        leaving.clear();
    }
}
