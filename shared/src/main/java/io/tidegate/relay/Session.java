package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.relay.PublishQueue.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one link: a write is tried, the probe's channel and the topics without a history are subscribed, a {@link Probe}
 * comes back, and only then publishes are taken. From there on whatever waits is one batch, one batch at a time: that keeps the
 * order, and makes the batches grow under load.
 *
 * <p>Its owner is the {@link Uplink}. Where a method throws {@link RelayUnavailableException}, the link has to be given up. All
 * times are nanoseconds of the uplink's attentive time.
 *
 * <p>One class, although long: probing, subscribing and publishing are phases of one link and share its deadlines.
 */
final class Session {
    /** A publish must have failed by then. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** One that has waited this long leaves Redis too little time to answer. */
    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    /** For each phase of what happens before it is up. */
    private static final long SETUP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long PROBE_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final String NOT_BACK = "own messages do not come back";
    private static final String NO_ANSWER = "no answer in time";

    private enum Phase {
        /** One probe: Redisson tells why that is refused, and of a refused subscription only that nothing came. */
        TRYING,
        /** The probe's channel is being subscribed. */
        LISTENING,
        /** The topics are; each operation of the link has a limit of its own. */
        SUBSCRIBING,
        /** The probe is under way. */
        PROVING,
        UP
    }

    private final Link link;
    private final String prefix;
    private final Probe probe;
    private final KnownPositions known;
    private final Metrics metrics;
    private final Consumer<UplinkEvent> uplink;
    private final PublishQueue queue = new PublishQueue();

    private Phase phase = Phase.TRYING;
    private long phaseByNanos = Long.MAX_VALUE;
    private long againNanos;
    private @Nullable Batch underWay;

    /** Not known yet whether it concerns the topic alone. */
    private Optional<Refusal> doubted = Optional.empty();

    /** Of a topic alone, and not told yet. */
    private Optional<Refusal> refusal = Optional.empty();

    /**
     * A link that nothing was done with yet.
     *
     * @param uplink takes what becomes of this; any thread
     */
    Session(
            Link link,
            String prefix,
            Probe probe,
            KnownPositions known,
            Metrics metrics,
            Consumer<UplinkEvent> uplink) {
        this.link = link;
        this.prefix = prefix;
        this.probe = probe;
        this.known = known;
        this.metrics = metrics;
        this.uplink = uplink;
    }

    Link link() {
        return link;
    }

    boolean isUp() {
        return phase == Phase.UP;
    }

    /** Whether the link may be told topics, and read through. */
    boolean isOpen() {
        return phase.compareTo(Phase.SUBSCRIBING) >= 0;
    }

    void begin(long now) {
        var unused = link.lost().thenAccept(reason -> uplink.accept(new UplinkEvent.Lost(link, reason)));
        send(new Batch(List.of(), now + LIMIT_NANOS), probe.next(now));
    }

    /** Takes a publish where it is up; false where too much waits already. */
    boolean offer(Waiting publish, long now) {
        boolean taken = queue.offer(publish);
        flush(now);
        return taken;
    }

    void take(UplinkEvent.OfLink event, long now) throws RelayUnavailableException {
        switch (event) {
            case UplinkEvent.Lost lost -> throw new RelayUnavailableException(lost.reason());
            case UplinkEvent.GiveUp giveUp -> throw new RelayUnavailableException(giveUp.reason());
            case UplinkEvent.Failed failed -> throw new RelayUnavailableException(failed.reason());
            case UplinkEvent.Published published -> published(published, now);
            case UplinkEvent.Listening listening -> enter(Phase.SUBSCRIBING, Long.MAX_VALUE);
            case UplinkEvent.ProbeArrived arrived -> {
                probe.arrived(arrived.bytes());
                proceed(now);
            }
        }
    }

    private void published(UplinkEvent.Published event, long now) throws RelayUnavailableException {
        Batch batch = underWay;
        if (batch == null) {
            return;
        }
        // Before the answers, since who has one may publish again at once, and look at the count.
        batch.learn(event.answers(), known);
        metrics.relayPublished().add(batch.ofClients(event.answers()));
        metrics.relayErrors().add(batch.complete(event.answers()));
        underWay = null;
        batch.refusal(event.answers()).ifPresent(this::doubt);
        judge(batch.probed(event.answers()));
        if (phase == Phase.TRYING) {
            listen(now);
        } else {
            againNanos = now + PROBE_AGAIN_NANOS;
            proceed(now);
        }
    }

    /**
     * Redis has refused something of a topic. A probe, which needs what any publish needs, shows whether that is all: so no
     * word of Redis, of this version or the next, decides that.
     */
    void doubt(Refusal refused) {
        doubted = Optional.of(refused);
        probe.hurry();
    }

    private void judge(Optional<Link.Answer> probed) throws RelayUnavailableException {
        if (probed.isEmpty()) {
            return;
        }
        switch (probed.get()) {
            case Link.Refused refused -> throw new RelayUnavailableException(refused.reason());
            case Link.Taken taken -> {
                refusal = doubted.or(() -> refusal);
                doubted = Optional.empty();
            }
        }
    }

    /** What Redis has refused of one topic while it serves the others, once. */
    Optional<Refusal> takeRefusal() {
        Optional<Refusal> taken = refusal;
        refusal = Optional.empty();
        return taken;
    }

    private void listen(long now) {
        enter(Phase.LISTENING, now + SETUP_NANOS);
        CompletableFuture<Void> listening =
                link.subscribe(probe.channel(), bytes -> uplink.accept(new UplinkEvent.ProbeArrived(link, bytes)));
        var unused = listening.whenComplete(
                (nothing, error) -> uplink.accept(error == null ? new UplinkEvent.Listening(link) : failed(error)));
    }

    /** All topics that must be are subscribed. */
    void carries(long now) {
        if (phase == Phase.SUBSCRIBING) {
            enter(Phase.PROVING, now + SETUP_NANOS);
            send(new Batch(List.of(), now + LIMIT_NANOS), probe.next(now));
        }
    }

    private void proceed(long now) {
        if (phase == Phase.PROVING && probe.isBack() && underWay == null) {
            enter(Phase.UP, Long.MAX_VALUE);
        }
        flush(now);
    }

    /** Judges what has not come. */
    void tick(long now) throws RelayUnavailableException {
        if (underWay != null && underWay.isLate(now)) {
            throw new RelayUnavailableException(NO_ANSWER);
        }
        if (now > phaseByNanos) {
            throw new RelayUnavailableException(phase == Phase.PROVING ? NOT_BACK : NO_ANSWER);
        }
        if (phase == Phase.UP && probe.isMissing(now)) {
            throw new RelayUnavailableException(NOT_BACK);
        }
        if (phase == Phase.PROVING && underWay == null && now >= againNanos) {
            send(new Batch(List.of(), now + LIMIT_NANOS), probe.again());
        }
        failLate(now);
        flush(now);
    }

    private void failLate(long now) {
        List<Waiting> late = queue.takeOlderThan(now - MAX_WAIT_NANOS);
        metrics.relayErrors().add(Batch.fail(late, "the relay is too slow"));
    }

    private void flush(long now) {
        // Publishes no faster than this node receives.
        if (phase != Phase.UP || underWay != null || probe.mustComeBack()) {
            return;
        }
        failLate(now);
        List<Waiting> publishes = queue.take();
        long bytes = publishes.stream().mapToLong(Waiting::size).sum();
        probe.published(bytes);
        boolean probing = probe.isDue(now);
        if (!publishes.isEmpty() || probing) {
            long oldest = publishes.isEmpty() ? now : publishes.getFirst().sinceNanos();
            Batch batch = new Batch(publishes, oldest + LIMIT_NANOS);
            underWay = batch;
            if (probing) {
                send(batch, probe.next(now));
            } else {
                send(batch, batch.outgoing(prefix, known));
            }
        }
    }

    private void send(Batch batch, Link.Kept probing) {
        underWay = batch;
        List<Link.Outgoing> outgoing = new ArrayList<>(batch.outgoing(prefix, known));
        outgoing.add(probing);
        send(batch, outgoing);
    }

    private void send(Batch batch, List<Link.Outgoing> outgoing) {
        var answer = link.publish(outgoing);
        batch.sent();
        var unused = answer.whenComplete((answers, error) ->
                uplink.accept(error == null ? new UplinkEvent.Published(link, answers) : failed(error)));
    }

    private UplinkEvent.Failed failed(Throwable error) {
        return new UplinkEvent.Failed(link, RelayUnavailableException.reason(error));
    }

    private void enter(Phase next, long byNanos) {
        phase = next;
        phaseByNanos = byNanos;
    }

    /**
     * A step has met a defect: where that was in the batch, it costs the batch.
     *
     * @param answered whether the step was that of the batch's answer
     */
    boolean failBatch(boolean answered, String reason) {
        Batch batch = underWay;
        if (phase != Phase.UP || batch == null || (batch.isSent() && !answered)) {
            return false;
        }
        underWay = null;
        metrics.relayErrors().add(batch.fail(reason));
        return true;
    }

    /** The link is given up: fails all that is under way or waits. */
    void end(String reason) {
        if (underWay != null) {
            metrics.relayErrors().add(underWay.fail(reason));
        }
        metrics.relayErrors().add(Batch.fail(queue.takeAll(), reason));
    }
}
