package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PublishQueue.Waiting;
import io.tidegate.time.AttentiveTime;
import io.tidegate.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the {@link Link}, and of all state that depends on the present link. It opens a link, lets a
 * {@link Session} use it until it is lost, and opens the next one. Callers, links, topics and the ticker post events.
 * No thread waits for the uplink, and the uplink waits for no thread.
 *
 * <p>If an operation fails, the link is lost and all publishes that wait fail; the only exception is a refusal by Redis
 * that concerns one topic. So no publish waits for a Redis that hangs, and this node makes no publish whose message it
 * would not see.
 *
 * <p>All limits are measured in {@link AttentiveTime}: time in which this node itself stood still does not count as
 * silence of Redis.
 *
 * <p>One class, although long: it has one short method for each event of the link.
 */
final class Uplink implements Owner.Step<UplinkEvent> {
    /** The most time that counts between two steps: five intervals of the tick. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final String DEFECT = "a defect of this node";

    private final Link.Opener opener;
    private final String prefix;
    private final KnownPositions known;
    private final RandomGenerator random;
    private final Metrics metrics;
    private final Clock clock;
    private final AttentiveTime attention;
    private final Backoff backoff;
    private final Topics topics;
    private final OutageLog log = new OutageLog();
    private final Owner<UplinkEvent> inbox;

    private long now;
    private long upSince;
    private long openNanos;
    private boolean opening;
    private boolean closed;
    private @Nullable Session session;

    /** Only the steps write these two fields; any thread reads them. */
    private volatile RelayStatus status;

    private volatile @Nullable Link link;

    /** The parts of an uplink besides its owner. */
    record Parts(
            Link.Opener opener,
            String prefix,
            KnownPositions known,
            RandomGenerator random,
            Metrics metrics,
            Clock clock) {}

    /**
     * An uplink that connects with the first {@link UplinkEvent.Tick}.
     *
     * @param deliveries makes the owner of a topic's delivery
     */
    Uplink(Parts parts, Owners owners, Function<Topic, Owner<TopicEvent>> deliveries) {
        this.opener = parts.opener;
        this.prefix = parts.prefix;
        this.known = parts.known;
        this.random = parts.random;
        this.metrics = parts.metrics;
        this.clock = parts.clock;
        this.attention = new AttentiveTime(clock.nanoTime(), MOST_NANOS);
        this.backoff = new Backoff(random);
        this.topics = new Topics(deliveries);
        this.status = new RelayStatus.Down(clock.nanoTime(), "not connected yet");
        this.inbox = owners.serial("uplink", this);
    }

    /** Any thread; see {@link Owner#post}. */
    void post(UplinkEvent event) {
        inbox.post(event);
    }

    /** The owner of the uplink, for the watchdog. */
    Owner<?> owner() {
        return inbox;
    }

    /** Any thread. */
    RelayStatus status() {
        return status;
    }

    /** The link for reads of topics, even before it is known to work; empty while there is no link. Any thread. */
    Optional<Link> link() {
        return Optional.ofNullable(link);
    }

    @Override
    public void step(UplinkEvent event) {
        now = attention.advance(clock.nanoTime());
        try {
            take(event);
        } catch (RelayUnavailableException e) {
            down(e.getMessage());
        }
        settle();
    }

    private void take(UplinkEvent event) throws RelayUnavailableException {
        switch (event) {
            case UplinkEvent.Publish publish -> publish(publish);
            case UplinkEvent.Subscribe subscribe -> {
                if (closed) {
                    fail(subscribe, "the relay is closed");
                } else {
                    topics.subscribe(subscribe.topic(), subscribe.ready());
                }
            }
            case UplinkEvent.Unsubscribe unsubscribe -> topics.unsubscribe(unsubscribe.topic());
            case UplinkEvent.Presence presence -> presence(presence);
            case UplinkEvent.Opened opened -> opened(opened.link());
            case UplinkEvent.OpenFailed failed -> {
                opening = false;
                if (!closed) {
                    down(failed.reason());
                }
            }
            case UplinkEvent.TopicDone done -> topics.done(done);
            case UplinkEvent.TopicFailed failed -> topics.failed(failed);
            case UplinkEvent.TopicRefused refused -> {
                topics.refused(refused, now);
                if (session != null) {
                    session.probeAfter(new Refusal(refused.topic(), refused.reason()));
                }
            }
            case UplinkEvent.OfLink of -> {
                if (session != null && session.link() == of.link()) {
                    session.take(of, now);
                }
            }
            case UplinkEvent.Tick tick -> tick();
            case UplinkEvent.Close close -> close(close);
        }
    }

    private void publish(UplinkEvent.Publish publish) {
        if (status instanceof RelayStatus.Down down) {
            refuse(publish, down.reason());
        } else if (session != null
                && !session.offer(
                        new Waiting(publish.topic(), publish.kept(), publish.entry(), now, publish.done()), now)) {
            refuse(publish, "too many messages wait to be published");
        }
    }

    private void presence(UplinkEvent.Presence presence) {
        if (status instanceof RelayStatus.Down down) {
            fail(presence, down.reason());
        } else if (session != null) {
            long trust = TimeUnit.NANOSECONDS.toMillis(now - upSince);
            var unused = session.link()
                    .presence(new TopicKeys(prefix, presence.topic()), presence.report(), trust)
                    .whenComplete((answer, failure) -> {
                        if (failure == null) {
                            presence.done().complete(answer);
                        } else {
                            fail(presence, RelayUnavailableException.reason(failure));
                        }
                    });
        }
    }

    private void tick() throws RelayUnavailableException {
        if (session != null) {
            session.tick(now);
            topics.tick(now);
        } else if (!opening && !closed && now >= openNanos) {
            open();
        }
    }

    private void open() {
        opening = true;
        var unused = opener.open()
                .whenComplete((fresh, error) -> post(
                        error == null
                                ? new UplinkEvent.Opened(fresh)
                                : new UplinkEvent.OpenFailed(RelayUnavailableException.reason(error))));
    }

    private void opened(Link fresh) {
        opening = false;
        if (closed) {
            fresh.close();
            return;
        }
        session = new Session(fresh, prefix, new Probe(prefix, random, fresh.slots()), known, metrics, this::post);
        session.begin(now);
    }

    /** Checks after each event whether the link can go to its next phase. */
    private void settle() {
        Session present = session;
        if (present == null || !present.isOpen()) {
            return;
        }
        if (link == null) {
            link = present.link();
            topics.attach(present.link());
        }
        present.takeRefusal().ifPresent(refusal -> log.refused(refusal, clock.nanoTime()));
        if (topics.isCaughtUp()) {
            present.carries(now);
        }
        if (present.isUp() && status instanceof RelayStatus.Down down) {
            log.up(down.sinceNanos(), clock.nanoTime());
            status = new RelayStatus.Up();
            upSince = now;
        }
    }

    private void down(String reason) {
        long since = status instanceof RelayStatus.Down before ? before.sinceNanos() : clock.nanoTime();
        // The status is written first: a caller that is told of a failure can try again at once, and is then refused.
        status = new RelayStatus.Down(since, reason);
        if (!closed) {
            log.down(reason, since, clock.nanoTime());
        }
        Session ended = session;
        session = null;
        link = null;
        openNanos = now + backoff.nextNanos(ended != null && ended.isUp());
        if (ended != null) {
            ended.end(reason);
            topics.detach();
            // Completed with the reason of the outage, which the readers through this link are told.
            ended.link().lost().complete(reason);
            ended.link().close();
        }
    }

    private void close(UplinkEvent.Close close) {
        closed = true;
        down("the relay is closed");
        var unused =
                topics.close().whenComplete((nothing, error) -> close.ended().complete(null));
    }

    private void refuse(UplinkEvent.Publish publish, String reason) {
        if (publish.done().completeExceptionally(new RelayUnavailableException(reason))) {
            metrics.relayErrors().increment();
        }
    }

    private static void fail(UplinkEvent.Subscribe subscribe, String reason) {
        subscribe.ready().completeExceptionally(new RelayUnavailableException(reason));
    }

    private static void fail(UplinkEvent.Presence presence, String reason) {
        presence.done().completeExceptionally(new RelayUnavailableException(reason));
    }

    @Override
    public void failed(UplinkEvent event, Throwable defect) {
        if (session != null && session.failBatch(event instanceof UplinkEvent.Published, DEFECT)) {
            return;
        }
        switch (event) {
            case UplinkEvent.Publish publish -> refuse(publish, DEFECT);
            case UplinkEvent.Subscribe subscribe -> fail(subscribe, DEFECT);
            case UplinkEvent.Unsubscribe unsubscribe -> {}
            case UplinkEvent.Presence presence -> fail(presence, DEFECT);
            case UplinkEvent.TopicDone done -> {}
            case UplinkEvent.TopicFailed failed -> {}
            case UplinkEvent.TopicRefused refused -> {}
            case UplinkEvent.Close close -> close.ended().complete(null);
            case UplinkEvent.Opened opened -> {
                opened.link().close();
                again(defect);
            }
            case UplinkEvent.OpenFailed failed -> again(defect);
            case UplinkEvent.OfLink of -> again(defect);
            case UplinkEvent.Tick tick -> again(defect);
        }
    }

    private void again(Throwable defect) {
        opening = false;
        down("defect: " + defect.getClass().getSimpleName());
    }
}
