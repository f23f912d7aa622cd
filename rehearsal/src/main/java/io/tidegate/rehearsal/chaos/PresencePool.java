package io.tidegate.rehearsal.chaos;

import io.tidegate.client.Message;
import io.tidegate.client.Options;
import io.tidegate.client.StateChange;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.TopicListener;
import io.tidegate.client.Trace;
import io.tidegate.rehearsal.check.PresenceLog;
import io.tidegate.rehearsal.load.Issuer;
import io.tidegate.rehearsal.load.Timeline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Users of one topic, of whom now and then one leaves and comes back after a while, and others who are shown who is there. The
 * users keep a log of their own, by which what the others are told is judged.
 */
final class PresencePool implements ClientPool {
    private static final String TOPIC = "presence";
    private static final int WATCHERS = 3;
    private static final Duration LINGER = Duration.ofSeconds(10);

    /** What the project promises: as much after the last fault, or after somebody has left, all is right. */
    static final Duration SETTLED = Duration.ofSeconds(15);

    /** Some come back before they have left, and some after. */
    private static final Duration LEAST_AWAY = Duration.ofSeconds(4);

    private static final Duration MOST_AWAY = Duration.ofSeconds(25);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    /** Lest the accept queue overflow. */
    private static final long CONNECTS_NANOS = 2_000_000;

    /** An end that is longer ago than this is that of an earlier connection. */
    private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Duration JUDGED_AGAIN = Duration.ofSeconds(1);

    private final Issuer issuer;
    private final Duration tokenLife;
    private final PresenceLog log = new PresenceLog(LINGER, SETTLED, System::nanoTime);
    private final List<User> users = new ArrayList<>();
    private final List<PresenceWatcher> watchers = new ArrayList<>();
    private final AtomicInteger live = new AtomicInteger();
    private final Timeline reconnects = new Timeline();
    private final Thread leaving;
    private volatile boolean calm;

    /** One user, and its present client. */
    private final class User {
        private final String name;
        private final List<String> urls;
        private @Nullable TidegateClient client;
        private boolean serves;
        private boolean leaves;

        /** When its last connection ended, as its socket says; the client tells of it on another thread. */
        private volatile long ended;

        User(String name, List<String> urls) {
            this.name = name;
            this.urls = urls;
        }

        synchronized void come() {
            leaves = false;
            Options options = Options.of(urls.toArray(String[]::new))
                    .withToken(() -> issuer.token(name, tokenLife))
                    .withTraces(this::look)
                    .withStates(this::changed);
            TidegateClient own = TidegateClient.connect(options);
            client = own;
            var unused = own.subscribe(TOPIC, new TopicListener() {
                @Override
                public void message(Message message) {}
            });
        }

        /** Before its connection ends, so that nobody can be told too early. */
        synchronized void leave() {
            leaves = true;
            TidegateClient own = client;
            if (own != null) {
                ceases(System.nanoTime());
                own.close();
            }
        }

        private void look(Trace trace) {
            if (trace.kind() == Trace.Kind.ENDED) {
                ended = System.nanoTime();
            }
        }

        private synchronized void changed(StateChange change) {
            switch (change.to()) {
                case LIVE, LEAVING, HANDING_OVER -> {
                    if (!serves && !leaves) {
                        serves = true;
                        live.incrementAndGet();
                        reconnects.count();
                        log.came(name);
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
                live.decrementAndGet();
                log.went(name, at);
            }
        }
    }

    /**
     * Users who are there, or about to be.
     *
     * @param urls where users come in, each at another one first
     * @param door where watchers come in
     * @param leaves whether some of them leave now and then
     */
    PresencePool(int size, List<String> urls, Door door, Issuer issuer, boolean leaves) {
        this.calm = !leaves;
        // Thousands of users with short tokens are a load of their own.
        this.tokenLife = leaves ? Issuer.SHORT : Issuer.LONG;
        this.issuer = issuer;
        for (int i = 0; i < size; i++) {
            List<String> own = new ArrayList<>(urls);
            Collections.rotate(own, i);
            User user = new User("user-" + i, own);
            log.connects(user.name);
            users.add(user);
            user.come();
            LockSupport.parkNanos(CONNECTS_NANOS);
        }
        for (int i = 0; i < WATCHERS; i++) {
            String name = "watcher-" + i;
            log.came(name);
            watchers.add(new PresenceWatcher(name, TOPIC, URI.create(door.withToken(name)), log));
        }
        leaving = Thread.ofVirtual().name("users that leave").unstarted(this::leaveAndComeBack);
    }

    /** Nobody of the users publishes; some begin to leave. */
    @Override
    public void publish() {
        leaving.start();
    }

    private void leaveAndComeBack() {
        Random random = new Random(users.size());
        List<Thread> away = new ArrayList<>();
        try {
            while (!calm) {
                TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
                User user = users.get(random.nextInt(users.size()));
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

    private static void beAway(User user, long nanos) {
        synchronized (user) {
            if (user.leaves) {
                return;
            }
            user.leave();
        }
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        user.come();
    }

    @Override
    public void stop() {
        calm = true;
    }

    /** Waits until what is shown must be right, and says what is not. */
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

    /** Whether each watcher sees everybody. */
    boolean isShownToAll() {
        return watchers.stream().allMatch(watcher -> watcher.shown().size() == users.size() + WATCHERS);
    }

    String text() {
        return log.text();
    }

    @Override
    public String name() {
        return "presence";
    }

    @Override
    public int live() {
        return live.get();
    }

    @Override
    public int size() {
        return (int) users.stream().filter(user -> !user.leaves).count();
    }

    @Override
    public int pending() {
        return 0;
    }

    @Override
    public Timeline reconnects() {
        return reconnects;
    }

    @Override
    public String complaints() {
        return "";
    }

    @Override
    public void close() {
        leaving.interrupt();
        watchers.forEach(PresenceWatcher::close);
        users.forEach(User::leave);
    }
}
