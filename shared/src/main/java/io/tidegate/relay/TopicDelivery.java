package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Position;
import io.tidegate.relay.TopicEvent.Feed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one topic, whichever link brings them: one at a time, in order, from one link only, each
 * once. It owns the topic's position and the held packets. Links and the {@link Uplink} post to it.
 *
 * <p>Two links do not know of each other, and the threads of a lost link can still run. So only the {@link Feed} that
 * was started last counts, and no old message comes after a new one.
 *
 * <p>For a topic with a history it remembers the position up to which everything has been delivered. A new feed first
 * reads the messages published since then from the history, and holds the packets that arrive meanwhile. So an outage
 * leaves no hole, or a gap is reported. While a link lives, its subscription loses nothing. If messages seem to be
 * missing nevertheless, the link is given up, and the next link fills the hole in the same way.
 *
 * <p>One class, although long: each event of a topic changes the same position and the same held packets, which have
 * one owner.
 */
final class TopicDelivery implements Owner.Step<TopicEvent> {
    /** Bytes of history read at once. */
    static final int PAGE_BYTES = 256 << 10;

    /** Takes what is delivered. Called by the topic's owner. */
    interface Arrivals {
        void messages(Position first, List<Envelope> envelopes);

        /** Messages from the history, some time after they were published. */
        void missed(Position first, History history);

        void gap(Position position);

        void presence(PresenceChange change);

        /** All events from now on follow. Earlier changes of the presence may have been missed. */
        void attached(boolean watched);

        /** Bytes that are not a message. */
        void malformed();
    }

    private final TopicKeys keys;
    private final Arrivals arrivals;
    private final KnownPositions known;
    private final Consumer<UplinkEvent> uplink;
    private final Owner<TopicEvent> inbox;

    private @Nullable Feed current;
    private @Nullable Position delivered;
    private boolean muted = true;

    private final HeldPackets held = new HeldPackets();
    private boolean skipping;
    private boolean watched;

    private TopicDelivery(
            TopicKeys keys, Arrivals arrivals, KnownPositions known, Consumer<UplinkEvent> uplink, Owners owners) {
        this.keys = keys;
        this.arrivals = arrivals;
        this.known = known;
        this.uplink = uplink;
        this.inbox = owners.serial("topic " + keys.topic().name(), this);
    }

    /**
     * Makes the owner of a topic's delivery. It delivers nothing yet, and is muted.
     *
     * @param known gets the positions that are delivered
     * @param uplink gets the result of each order; any thread
     */
    static Owner<TopicEvent> of(
            TopicKeys keys, Arrivals arrivals, KnownPositions known, Consumer<UplinkEvent> uplink, Owners owners) {
        return new TopicDelivery(keys, arrivals, known, uplink, owners).inbox;
    }

    @Override
    public void step(TopicEvent event) {
        switch (event) {
            case TopicEvent.Start start -> start(new Feed(start.order(), start.link()));
            case TopicEvent.Stop stop -> stop(stop);
            case TopicEvent.Mute mute -> mute(mute.muted());
            case TopicEvent.End end -> {
                current = null;
                known.leave(keys.topic());
                end.ended().complete(null);
            }
            case TopicEvent.OfFeed of when of.feed().equals(current) -> take(of);
            case TopicEvent.OfFeed old -> {}
        }
    }

    /**
     * Mutes or unmutes the topic. A topic that is wanted again before its delivery has ended is not attached again. So
     * the receiver is told that changes of the presence may have been missed: subscribers that came meanwhile know
     * nothing of it.
     */
    private void mute(boolean isMuted) {
        boolean wantedAgain = muted && !isMuted;
        muted = isMuted;
        if (wantedAgain && current != null && !held.isHolding() && hasHistory()) {
            arrivals.attached(true);
        }
    }

    private void take(TopicEvent.OfFeed event) {
        Feed feed = event.feed();
        switch (event) {
            case TopicEvent.Subscribed subscribed -> {
                if (hasHistory()) {
                    attach(feed, false);
                } else {
                    uplink.accept(new UplinkEvent.TopicDone(keys.topic(), feed.order()));
                }
            }
            case TopicEvent.Arrived arrived -> arrived(feed, arrived.bytes());
            case TopicEvent.Attached attached -> attached(feed, attached);
            case TopicEvent.Page page -> page(feed, page.head(), page.history());
            case TopicEvent.HeadChecked checked -> headChecked(feed, checked.first(), checked.head());
            case TopicEvent.Refused refused -> {
                current = null;
                held.begin();
                uplink.accept(new UplinkEvent.TopicRefused(keys.topic(), feed.order(), refused.reason()));
            }
            case TopicEvent.Stopped stopped -> {
                current = null;
                uplink.accept(new UplinkEvent.TopicDone(keys.topic(), feed.order()));
            }
        }
    }

    private void start(Feed feed) {
        current = feed;
        held.begin();
        skipping = false;
        if (hasHistory()) {
            known.carry(keys.topic());
        }
        CompletableFuture<Void> subscribed =
                feed.link().subscribe(keys.channel(), bytes -> inbox.post(new TopicEvent.Arrived(feed, bytes)));
        then(feed, subscribed, nothing -> new TopicEvent.Subscribed(feed));
    }

    /** Packets that still arrive belong to the previous feed, so they are ignored. */
    private void stop(TopicEvent.Stop stop) {
        known.leave(keys.topic());
        if (stop.link().isPresent()) {
            Feed last = new Feed(stop.order(), stop.link().get());
            current = last;
            then(last, last.link().unsubscribe(keys.channel()), nothing -> new TopicEvent.Stopped(last));
        } else {
            current = null;
            uplink.accept(new UplinkEvent.TopicDone(keys.topic(), stop.order()));
        }
    }

    private void attach(Feed feed, boolean isSkipping) {
        then(
                feed,
                feed.link().attach(keys, known.of(keys.topic())),
                found -> new TopicEvent.Attached(feed, found, isSkipping));
    }

    private <T> void then(Feed feed, CompletableFuture<T> operation, Function<T, TopicEvent> event) {
        var unused = operation.whenComplete((value, error) -> {
            if (error == null) {
                inbox.post(event.apply(value));
            } else if (hasHistory() && RelayUnavailableException.isRefusal(error)) {
                // Messages that arrive meanwhile are read from the history later.
                inbox.post(new TopicEvent.Refused(feed, RelayUnavailableException.reason(error)));
            } else {
                // The error has made the link lost. The topics wait for the next link.
                uplink.accept(new UplinkEvent.GiveUp(feed.link(), RelayUnavailableException.reason(error)));
            }
        });
    }

    private void attached(Feed feed, TopicEvent.Attached attached) {
        Position head = attached.found().head();
        Position from = delivered;
        watched = attached.found().watched();
        if (attached.skipping()) {
            from = head;
            gap(from);
        } else if (from == null || EmptyPosition.continues(from, head)) {
            from = head;
        } else if (EmptyPosition.isOne(from) && !EmptyPosition.isOne(head)) {
            // The history shows whether the topic's first message was the next one.
            readOn(feed, from, head);
            return;
        } else if (!from.epoch().equals(head.epoch())) {
            // It is not known what the old epoch still had. The new epoch can still be read from its beginning.
            from = new Position(head.epoch(), 0);
            gap(from);
        }
        catchUp(feed, from, head);
    }

    private void page(Feed feed, Position head, History history) {
        Position before = delivered;
        if (!history.reaches() || before == null) {
            attach(feed, true);
            return;
        }
        delivered(history.last());
        if (!muted && !history.messages().isEmpty()) {
            arrivals.missed(history.after().plus(1), history);
        }
        catchUp(feed, history.last(), head);
    }

    private void catchUp(Feed feed, Position from, Position head) {
        delivered(from);
        if (from.offset() >= head.offset()) {
            goLive(feed);
        } else {
            readOn(feed, from, head);
        }
    }

    private void readOn(Feed feed, Position from, Position head) {
        then(feed, feed.link().history(keys, from, PAGE_BYTES), history -> new TopicEvent.Page(feed, head, history));
    }

    private void goLive(Feed feed) {
        List<TopicPacket> packets = held.release();
        skipping = false;
        if (!muted) {
            arrivals.attached(watched);
        }
        deliverHeld(feed, packets);
        if (feed.equals(current)) {
            uplink.accept(new UplinkEvent.TopicDone(keys.topic(), feed.order()));
        }
    }

    private void deliverHeld(Feed feed, List<TopicPacket> packets) {
        for (TopicPacket packet : packets) {
            if (feed.equals(current)) {
                // The packet's bytes are already counted if this call starts to hold packets again.
                arrived(feed, packet, 0);
            }
        }
    }

    /**
     * Messages seem to be missing. Anyone can publish to a channel, so this asks Redis for the topic's last position.
     */
    private void checkHead(Feed feed, Position first) {
        held.begin();
        then(
                feed,
                feed.link().attach(keys, known.of(keys.topic())),
                found -> new TopicEvent.HeadChecked(feed, first, found.head()));
    }

    private void headChecked(Feed feed, Position first, Position head) {
        if (head.epoch().equals(first.epoch()) && head.offset() >= first.offset()) {
            giveUp(feed, "messages have been missed");
        } else {
            arrivals.malformed();
            deliverHeld(feed, held.release());
        }
    }

    private void arrived(Feed feed, byte[] bytes) {
        if (hasHistory()) {
            Optional<? extends TopicPacket> read =
                    PresenceChange.isOne(bytes) ? PresenceChange.decode(bytes) : Packet.decode(bytes);
            read.ifPresentOrElse(packet -> arrived(feed, packet, bytes.length), arrivals::malformed);
        } else {
            Envelope.decode(bytes)
                    .ifPresentOrElse(envelope -> deliver(Position.NONE, List.of(envelope)), arrivals::malformed);
        }
    }

    private void arrived(Feed feed, TopicPacket packet, int bytes) {
        if (!held.isHolding()) {
            deliver(feed, packet);
        } else if (!held.add(packet, bytes)) {
            giveUp(feed, "messages come faster than the history is read");
        }
    }

    private void deliver(Feed feed, TopicPacket arrived) {
        switch (arrived) {
            case Packet packet -> deliver(feed, packet);
            case PresenceChange change -> {
                if (!muted) {
                    arrivals.presence(change);
                }
            }
        }
    }

    private void deliver(Feed feed, Packet packet) {
        if (!packet.isKept()) {
            deliver(Position.NONE, packet.envelopes());
            return;
        }
        Position before = delivered;
        if (before == null || !before.epoch().equals(packet.first().epoch())) {
            boolean follows = before != null && EmptyPosition.continues(before, packet);
            before = packet.first().plus(-1);
            if (!follows) {
                gap(before);
            }
        }
        long had = before.offset() - packet.first().offset() + 1;
        if (had < 0) {
            checkHead(feed, packet.first());
        } else if (had < packet.envelopes().size()) {
            delivered(packet.last());
            deliver(
                    before.plus(1),
                    packet.envelopes().subList((int) had, packet.envelopes().size()));
        }
    }

    /** Notes the position before a receiver gets the messages. */
    private void delivered(Position position) {
        delivered = position;
        known.learned(keys.topic(), position);
    }

    private void deliver(Position first, List<Envelope> envelopes) {
        if (!muted) {
            arrivals.messages(first, envelopes);
        }
    }

    private void gap(Position position) {
        if (!muted) {
            arrivals.gap(position);
        }
    }

    /** Ends this feed: its next messages would leave a hole. The next link fills it. */
    private void giveUp(Feed feed, String reason) {
        current = null;
        held.begin();
        uplink.accept(new UplinkEvent.GiveUp(feed.link(), reason));
    }

    private boolean hasHistory() {
        return keys.topic().hasHistory();
    }

    /**
     * After a defect the topic skips the affected messages and reports a gap to its subscribers. After a second defect
     * while it skips, or a defect at the start, the topic delivers nothing until the next link.
     */
    @Override
    public void failed(TopicEvent event, Throwable defect) {
        switch (event) {
            case TopicEvent.Start start -> fail(new Feed(start.order(), start.link()));
            case TopicEvent.Stop stop -> {
                current = null;
                uplink.accept(new UplinkEvent.TopicDone(keys.topic(), stop.order()));
            }
            case TopicEvent.OfFeed of
            when of.feed().equals(current) -> {
                if (!hasHistory() && of instanceof TopicEvent.Arrived) {
                    return; // without a position a gap cannot be reported
                }
                if (!hasHistory() || skipping) {
                    fail(of.feed());
                } else {
                    skipping = true;
                    held.begin();
                    attach(of.feed(), true);
                }
            }
            case TopicEvent.Mute mute -> {}
            case TopicEvent.End end -> {}
            case TopicEvent.OfFeed old -> {}
        }
    }

    private void fail(Feed feed) {
        current = null;
        held.begin();
        uplink.accept(new UplinkEvent.TopicFailed(keys.topic(), feed.order()));
    }
}
