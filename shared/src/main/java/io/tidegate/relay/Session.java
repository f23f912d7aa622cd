package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.relay.PublishQueue.Waiting;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one link. First a write is tried. Then the probe's channels and the topics without a history are
 * subscribed. Then a {@link Probe} must come back. Only then publishes are taken. From then on all publishes that wait
 * form one batch, and one batch is under way at a time. That keeps the order, and lets the batches grow under load.
 *
 * <p>Its owner is the {@link Uplink}. If a method throws {@link RelayUnavailableException}, the caller must give the
 * link up. All times are nanoseconds of the uplink's attentive time.
 *
 * <p>One class, although long: probing, subscribing and publishing are phases of one link and share its deadlines.
 */
final class Session {
    /** After this time a publish without an answer has failed. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** After this wait, a publish leaves Redis too little time to answer. */
    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    /** The limit of each phase before the link is up. */
    private static final long SETUP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long PROBE_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final String NOT_BACK = "own messages do not come back";
    private static final String NO_ANSWER = "no answer in time";

    private enum Phase {
        /**
         * One probe is published. If Redis refuses it, Redisson tells the reason; for a refused subscription Redisson
         * tells only that no answer came.
         */
        TRYING,
        /** The probe's channels are being subscribed. */
        LISTENING,
        /** The topics are being subscribed. Each operation of the link has its own limit. */
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

    /** A refusal for which it is not known yet whether it concerns the topic alone. */
    private Optional<Refusal> suspected = Optional.empty();

    /** A refusal that concerns a topic alone, and that is not reported yet. */
    private Optional<Refusal> refusal = Optional.empty();

    /**
     * A session with a link that is not used yet.
     *
     * @param uplink takes the events of this session; any thread
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

    /** Whether the link can subscribe to topics and read their history. */
    boolean isOpen() {
        return phase.compareTo(Phase.SUBSCRIBING) >= 0;
    }

    void begin(long now) {
        var unused = link.lost().thenAccept(reason -> uplink.accept(new UplinkEvent.Lost(link, reason)));
        send(new Batch(List.of(), now + LIMIT_NANOS), probe.next(now));
    }

    /** Takes a publish while the link is up; false where too much waits already. */
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
        // Before the publishers get their answers: a publisher can publish again at once, and read the count.
        batch.learn(event.answers(), known);
        metrics.relayPublished().add(batch.ofClients(event.answers()));
        metrics.relayErrors().add(batch.complete(event.answers()));
        underWay = null;
        batch.refusal(event.answers()).ifPresent(this::probeAfter);
        judge(batch.probed(event.answers()));
        if (phase == Phase.TRYING) {
            listen(now);
        } else {
            againNanos = now + PROBE_AGAIN_NANOS;
            proceed(now);
        }
    }

    /**
     * Redis has refused an operation of a topic. A probe shows whether only that topic is affected, because a probe
     * needs what any publish needs. So the decision does not depend on the error text of a Redis version.
     */
    void probeAfter(Refusal refused) {
        suspected = Optional.of(refused);
        probe.hurry();
    }

    /** If a server of a cluster refuses its part of the probe, its topics fail. The relay is down if all servers do. */
    private void judge(List<Link.Answer> probed) throws RelayUnavailableException {
        if (probed.isEmpty()) {
            return;
        }
        if (probed.getFirst() instanceof Link.Refused refused
                && probed.stream().allMatch(Link.Refused.class::isInstance)) {
            throw new RelayUnavailableException(refused.reason());
        }
        probe.answered(probed);
        refusal = suspected.or(() -> refusal);
        suspected = Optional.empty();
    }

    /** What Redis has refused of one topic while it serves the others. Each refusal is returned once. */
    Optional<Refusal> takeRefusal() {
        Optional<Refusal> taken = refusal;
        refusal = Optional.empty();
        return taken;
    }

    private void listen(long now) {
        enter(Phase.LISTENING, now + SETUP_NANOS);
        CompletableFuture<?>[] listening = probe.channels().stream()
                .map(channel ->
                        link.subscribe(channel, bytes -> uplink.accept(new UplinkEvent.ProbeArrived(link, bytes))))
                .toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(listening)
                .whenComplete((nothing, error) ->
                        uplink.accept(error == null ? new UplinkEvent.Listening(link) : failed(error)));
    }

    /** All topics that must be subscribed first are subscribed. */
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

    /** Checks the time limits of what has not arrived. */
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
        // This node publishes no faster than it receives.
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
            send(batch, probing ? probe.next(now) : List.of());
        }
    }

    private void send(Batch batch, List<Link.Kept> probing) {
        underWay = batch;
        List<Link.Outgoing> outgoing = batch.outgoing(prefix, known);
        outgoing.addAll(probing);
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
     * A step has thrown. If the exception was thrown for the batch, the batch fails and the link stays.
     *
     * @param answered whether the step handled the batch's answer
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

    /** The link is given up: fails all publishes that are under way or wait. */
    void end(String reason) {
        if (underWay != null) {
            metrics.relayErrors().add(underWay.fail(reason));
        }
        metrics.relayErrors().add(Batch.fail(queue.takeAll(), reason));
    }
}
