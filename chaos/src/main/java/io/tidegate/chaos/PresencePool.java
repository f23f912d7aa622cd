package io.tidegate.chaos;

import io.tidegate.workload.Issuer;
import io.tidegate.workload.Timeline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Users of one topic, and watchers who are shown the topic's presence. Now and then a user leaves and comes back after a
 * while. The users keep a log, which judges what the watchers are told.
 */
final class PresencePool extends ClientPool {
    static final String TOPIC = "presence";

    /** A server's default. */
    static final Duration LINGER = Duration.ofSeconds(10);

    /** The project's promise: this long after the last fault, or after a user has left, the presence is correct. */
    static final Duration SETTLED = Duration.ofSeconds(15);

    /** Some users come back before the linger time is over, and some after it. */
    private static final Duration LEAST_AWAY = Duration.ofSeconds(4);

    private static final Duration MOST_AWAY = Duration.ofSeconds(25);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    /** A pause, so that the accept queue does not overflow. */
    private static final long CONNECTS_NANOS = 2_000_000;

    private static final Duration JUDGED_AGAIN = Duration.ofSeconds(1);

    private final Issuer issuer;
    private final Duration tokenLife;
    private final PresenceLog log = new PresenceLog(LINGER, SETTLED, System::nanoTime);
    private final List<PresenceUser> users = new ArrayList<>();
    private final List<PresenceWatcher> watchers = new ArrayList<>();
    private final Attendance attendance = new Attendance(log);
    private final Thread leaving;
    private volatile boolean calm;

    /**
     * Users who are connected, or about to be.
     *
     * @param urls the users' addresses; each user tries another one first
     * @param address of the watchers
     * @param leaves whether some users leave now and then
     */
    PresencePool(Load.Crowd crowd, List<String> urls, ClientAddress address, Issuer issuer, boolean leaves) {
        super("presence");
        this.calm = !leaves;
        // Thousands of users with short tokens would be an additional load.
        this.tokenLife = leaves ? Issuer.SHORT : Issuer.LONG;
        this.issuer = issuer;
        Random random = new Random(crowd.users());
        for (int i = 0; i < crowd.users(); i++) {
            List<String> own = new ArrayList<>(urls);
            Collections.rotate(own, i);
            // Otherwise all users of a leaving pod would move to the same other pod.
            Collections.shuffle(own.subList(1, own.size()), random);
            PresenceUser user = new PresenceUser("user-" + i, own, attendance);
            log.connects(user.name());
            users.add(user);
            user.come(issuer, tokenLife);
            LockSupport.parkNanos(CONNECTS_NANOS);
        }
        for (int i = 0; i < crowd.watchers(); i++) {
            String name = "watcher-" + i;
            log.came(name);
            watchers.add(new PresenceWatcher(name, TOPIC, URI.create(address.withToken(name)), log));
        }
        leaving = Thread.ofVirtual().name("users that leave").unstarted(this::leaveAndComeBack);
    }

    /** Users do not publish. Some begin to leave. */
    @Override
    void publish() {
        leaving.start();
    }

    private void leaveAndComeBack() {
        Random random = new Random(users.size());
        List<Thread> away = new ArrayList<>();
        try {
            while (!calm) {
                TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
                PresenceUser user = users.get(random.nextInt(users.size()));
                long nanos = random.nextLong(LEAST_AWAY.toNanos(), MOST_AWAY.toNanos());
                away.add(Thread.ofVirtual().start(() -> beAway(user, nanos)));
            }
            for (Thread one : away) {
                one.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beAway(PresenceUser user, long nanos) {
        if (!user.leave()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        user.come(issuer, tokenLife);
    }

    @Override
    void stop() {
        calm = true;
    }

    /** Waits until the shown presence must be correct, and returns the errors. */
    List<String> judge() throws InterruptedException {
        leaving.join();
        long end = System.nanoTime() + SETTLED.toNanos();
        while (System.nanoTime() < end && watchers.stream().anyMatch(watcher -> !watcher.isListed())) {
            TimeUnit.NANOSECONDS.sleep(JUDGED_AGAIN.toNanos());
        }
        TimeUnit.NANOSECONDS.sleep(Math.max(0, end - System.nanoTime()));
        watchers.forEach(watcher -> log.shown(watcher.name(), watcher.shown()));
        return log.defects();
    }

    PresenceLog.Told told() {
        return log.told();
    }

    /** Whether each watcher sees all users. */
    boolean isShownToAll() {
        return watchers.stream().allMatch(watcher -> watcher.shown().size() == expected());
    }

    /** The number of users while none is away, watchers included. */
    int expected() {
        return users.size() + watchers.size();
    }

    /** The names of all users, watchers included. */
    Set<String> names() {
        return Stream.concat(
                        users.stream().map(PresenceUser::name),
                        watchers.stream().map(PresenceWatcher::name))
                .collect(Collectors.toSet());
    }

    /** The users' own reports. */
    Attendance attendance() {
        return attendance;
    }

    /** The number of watchers that have had one connection all the time. */
    long steadyWatchers() {
        return watchers.stream().filter(PresenceWatcher::isSteady).count();
    }

    String text() {
        return log.text();
    }

    @Override
    int live() {
        return attendance.live();
    }

    @Override
    int size() {
        return (int) users.stream().filter(user -> !user.leaves()).count();
    }

    @Override
    Timeline reconnects() {
        return attendance.reconnects();
    }

    @Override
    public void close() {
        leaving.interrupt();
        watchers.forEach(PresenceWatcher::close);
        users.forEach(PresenceUser::leave);
    }
}
