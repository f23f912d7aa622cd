package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Position;
import io.tidegate.relay.Outbox.Waiting;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The thread that owns the {@link Link}. It opens one, has all wanted topics subscribed, sees a {@link Probe} come back,
 * and only then opens the {@link Outbox}. From there on it takes whatever waits there as one batch, one batch at a time:
 * that keeps the order, and makes the batches grow under load.
 *
 * <p>When anything fails, the link is lost and the outbox shut, so that no publish waits for a hung Redis, and none is
 * made that this node would not see. Then the flusher begins anew.
 */
final class Flusher implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    /** A publish must have failed by then. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** One that has waited this long leaves Redis too little time to answer. */
    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    /** For what happens before the outbox opens. */
    private static final long SETUP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long PROBE_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 800;

    private static final String NOT_BACK = "own messages do not come back";

    private final Link.Opener opener;
    private final String prefix;
    private final Outbox outbox;
    private final Subscriptions subscriptions;
    private final Metrics metrics;
    private final Clock clock;
    private final Thread thread =
            Thread.ofVirtual().name("tidegate-relay-flusher").unstarted(this::run);

    private boolean announced;
    private volatile RelayStatus status;
    private volatile boolean closed;

    Flusher(
            Link.Opener opener,
            String prefix,
            Outbox outbox,
            Subscriptions subscriptions,
            Metrics metrics,
            Clock clock) {
        this.opener = opener;
        this.prefix = prefix;
        this.outbox = outbox;
        this.subscriptions = subscriptions;
        this.metrics = metrics;
        this.clock = clock;
        this.status = new RelayStatus.Down(clock.nanoTime(), "not connected yet");
    }

    void start() {
        thread.start();
    }

    RelayStatus status() {
        return status;
    }

    /** Ends the thread, which frees its link; waits for that, but not for long where Redisson hangs. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            boolean ended = thread.join(Duration.ofMillis(1_800));
            if (!ended) {
                LOG.log(Level.WARNING, "The connection to Redis is still being closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        int failures = 0;
        try {
            while (!closed) {
                boolean worked = false;
                try {
                    worked = carry(opener.open());
                } catch (RelayUnavailableException e) {
                    down(e.getMessage());
                } catch (RuntimeException e) {
                    LOG.log(Level.ERROR, "The flusher failed, and begins anew", e);
                    down("defect: " + e.getClass().getSimpleName());
                }
                failures = worked ? 0 : failures + 1;
                Thread.sleep(backoffMillis(failures));
            }
        } catch (InterruptedException e) {
            // Closed.
        } finally {
            down("the relay is closed");
        }
    }

    /** Uses a link until it is lost; returns whether it ever worked. */
    private boolean carry(Link link) throws InterruptedException {
        boolean worked = false;
        try {
            Probe probe = new Probe(prefix);
            setUp(link, probe);
            worked = true;
            up();
            while (true) {
                flush(link, probe);
            }
        } catch (RelayUnavailableException e) {
            down(e.getMessage());
        } finally {
            subscriptions.detach();
            link.close();
        }
        return worked;
    }

    private void setUp(Link link, Probe probe) throws RelayUnavailableException, InterruptedException {
        long start = clock.nanoTime();
        var unused = link.lost().thenRun(outbox::wake);
        // Publishing first: Redisson tells why that is refused, and of a refused subscription only that nothing came.
        await(link.publish(List.of(probe.next(start))), LIMIT_NANOS);
        await(link.subscribe(probe.channel(), probe::arrived), SETUP_NANOS);
        // The link's futures fail with it; that of the subscriptions only waits for the next link.
        await(CompletableFuture.anyOf(subscriptions.attach(link), link.lost()), Long.MAX_VALUE);
        Link.Plain once = probe.next(clock.nanoTime());
        while (!probe.back().isDone()) {
            await(link.publish(List.of(once)), LIMIT_NANOS);
            await(CompletableFuture.anyOf(probe.back(), pause(PROBE_AGAIN_NANOS)), LIMIT_NANOS);
            if (clock.nanoTime() - start > SETUP_NANOS) {
                throw new RelayUnavailableException(NOT_BACK);
            }
            once = probe.again();
        }
    }

    private static CompletableFuture<Void> pause(long nanos) {
        return new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    }

    private void flush(Link link, Probe probe) throws RelayUnavailableException, InterruptedException {
        awaitArrears(link, probe);
        List<Waiting> batch = outbox.take(probe.nanosToNext(clock.nanoTime()));
        long now = clock.nanoTime();
        batch = withoutLate(batch, now);
        batch.forEach(publish -> probe.published(publish.size()));
        List<Group> groups = Group.of(batch);
        List<Link.Outgoing> outgoing = new ArrayList<>(groups.size() + 1);
        groups.forEach(group -> outgoing.add(group.outgoing(prefix)));
        if (probe.isDue(now)) {
            outgoing.add(probe.next(now));
        }
        try {
            String lost = link.lost().getNow(null);
            if (lost != null) {
                throw new RelayUnavailableException(lost);
            }
            if (probe.isMissing(now)) {
                throw new RelayUnavailableException(NOT_BACK);
            }
            if (!outgoing.isEmpty()) {
                long oldest = batch.isEmpty() ? now : batch.getFirst().sinceNanos();
                List<List<Position>> positions = await(link.publish(outgoing), oldest + LIMIT_NANOS - now);
                metrics.relayPublished().add(batch.size());
                for (int i = 0; i < groups.size(); i++) {
                    groups.get(i).complete(positions.get(i));
                }
            }
        } catch (RelayUnavailableException e) {
            fail(batch, e);
            throw e;
        } catch (InterruptedException e) {
            fail(batch, new RelayUnavailableException("the relay is closed"));
            throw e;
        } catch (RuntimeException e) {
            fail(batch, new RelayUnavailableException("a defect of this node"));
            throw e;
        }
    }

    /** Publishes no faster than this node receives. */
    private static void awaitArrears(Link link, Probe probe) throws RelayUnavailableException, InterruptedException {
        try {
            if (probe.mustComeBack()) {
                CompletableFuture.anyOf(probe.back(), link.lost()).get(LIMIT_NANOS, TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new RelayUnavailableException(NOT_BACK);
        }
    }

    /** Each is judged by itself: publishers read the clock before they queue up, so the first need not be the oldest. */
    private List<Waiting> withoutLate(List<Waiting> batch, long now) {
        List<Waiting> late = new ArrayList<>();
        List<Waiting> inTime = new ArrayList<>(batch.size());
        for (Waiting publish : batch) {
            (now - publish.sinceNanos() > MAX_WAIT_NANOS ? late : inTime).add(publish);
        }
        fail(late, new RelayUnavailableException("the relay is too slow"));
        return inTime;
    }

    private static <T> T await(CompletableFuture<T> done, long nanos)
            throws RelayUnavailableException, InterruptedException {
        try {
            return done.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RelayUnavailableException reason
                    ? reason
                    : new RelayUnavailableException(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new RelayUnavailableException("no answer in time");
        }
    }

    private void up() {
        outbox.open();
        status = new RelayStatus.Up();
        announced = false;
        LOG.log(Level.INFO, "The relay is up");
    }

    private void down(String reason) {
        status = switch (status) {
            case RelayStatus.Up up -> new RelayStatus.Down(clock.nanoTime(), reason);
            case RelayStatus.Down down -> new RelayStatus.Down(down.sinceNanos(), reason);
        };
        List<Waiting> left = outbox.shut(reason);
        fail(left, new RelayUnavailableException(reason));
        if (!closed && !announced) {
            announced = true;
            LOG.log(Level.WARNING, "The relay is down: {0}", reason);
        }
    }

    private void fail(List<Waiting> publishes, RelayUnavailableException reason) {
        metrics.relayErrors().add(publishes.size());
        publishes.forEach(publish -> publish.done().completeExceptionally(reason));
    }

    /** Grows with each failure, with jitter: after an outage not all nodes come at once. */
    private static long backoffMillis(int failures) {
        long millis = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures, 3));
        return ThreadLocalRandom.current().nextLong(millis / 2, millis + 1);
    }
}
