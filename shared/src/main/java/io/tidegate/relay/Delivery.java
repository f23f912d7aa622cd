package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one topic's messages go, whichever link brings them: one at a time, in order, from one link only, each once.
 *
 * <p>Two links know nothing of each other, and the threads of a lost one may still run; so the last {@link Feed} made is the
 * one that counts, and no old message comes after a new one.
 *
 * <p>For a topic with a history it remembers up to which position everything has been delivered. A new feed first reads
 * from the history what has been published since, while what arrives meanwhile is held; so an outage leaves no hole, or
 * a gap is reported. While a link lives its subscription loses nothing. Should it seem so nevertheless, the link is given
 * up: the next one heals it in the same way.
 */
final class Delivery {
    /** Bytes of history read at once. */
    static final int PAGE_BYTES = 256 << 10;

    /** Bytes of packets that may wait while history is read; the history holds them, too. */
    private static final long MAX_HELD_BYTES = 16 << 20;

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    /** Takes what is delivered; called by one thread at a time for a topic, and never throws. */
    interface Arrivals {
        void messages(Topic topic, Position first, List<Envelope> envelopes);

        /** From the history, some time after they were published. */
        void missed(Topic topic, Position first, History history);

        void gap(Topic topic, Position position);

        /** Bytes that are no message. */
        void malformed(Topic topic);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Topic topic;
    private final Arrivals arrivals;
    private @Nullable Feed current;
    private @Nullable Position delivered;
    private boolean muted;

    Delivery(Topic topic, Arrivals arrivals) {
        this.topic = topic;
        this.arrivals = arrivals;
    }

    /** For the next link; those made before deliver nothing from now on. */
    Feed feed(Link link) {
        Feed feed = new Feed(link);
        locked(() -> current = feed);
        return feed;
    }

    /** Delivers nothing, or again, from the next message on. */
    void mute(boolean isMuted) {
        locked(() -> muted = isMuted);
    }

    /** Delivers nothing more, and returns once nothing is being delivered. */
    void end() {
        locked(() -> current = null);
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** What one link brings. */
    final class Feed implements Consumer<byte[]> {
        private final Link link;

        /** Null once the history has been read. */
        private @Nullable List<Packet> held = new ArrayList<>();

        private long heldBytes;

        private Feed(Link link) {
            this.link = link;
        }

        @Override
        public void accept(byte[] bytes) {
            locked(() -> {
                if (current != this) {
                    return;
                }
                if (topic.hasHistory()) {
                    Packet.decode(bytes).ifPresentOrElse(packet -> take(packet, bytes.length), this::malformed);
                } else {
                    Envelope.decode(bytes)
                            .ifPresentOrElse(envelope -> deliver(Position.NONE, List.of(envelope)), this::malformed);
                }
            });
        }

        /** Subscribes, and delivers first what was missed. Completes when all that follows is delivered as it arrives. */
        CompletableFuture<Void> start(TopicKeys keys) {
            CompletableFuture<Void> subscribed = link.subscribe(keys.channel(), this);
            return topic.hasHistory()
                    ? subscribed
                            .thenCompose(nothing -> link.attach(keys, known()))
                            .thenCompose(head -> catchUp(keys, head))
                    : subscribed;
        }

        private Optional<Position> known() {
            lock.lock();
            try {
                return Optional.ofNullable(delivered);
            } finally {
                lock.unlock();
            }
        }

        private CompletableFuture<Void> catchUp(TopicKeys keys, Position head) {
            lock.lock();
            try {
                if (current != this) {
                    return DONE;
                }
                Position from = delivered;
                if (from == null || EmptyPosition.continues(from, head)) {
                    from = head;
                } else if (EmptyPosition.isOne(from) && !EmptyPosition.isOne(head)) {
                    // The history knows whether the topic's first message was the next one.
                    return link.history(keys, from, PAGE_BYTES).thenCompose(history -> takeMissed(keys, head, history));
                } else if (!from.epoch().equals(head.epoch())) {
                    // Nobody knows what the old epoch still had; of the new one all may be there.
                    from = new Position(head.epoch(), 0);
                    gap(from);
                }
                delivered = from;
                if (from.offset() >= head.offset()) {
                    goLive();
                    return DONE;
                }
                return link.history(keys, from, PAGE_BYTES).thenCompose(history -> takeMissed(keys, head, history));
            } finally {
                lock.unlock();
            }
        }

        private CompletableFuture<Void> takeMissed(TopicKeys keys, Position head, History history) {
            if (!history.reaches()) {
                return link.attach(keys, Optional.empty()).thenCompose(now -> {
                    locked(() -> {
                        if (current == this) {
                            delivered = now;
                            gap(now);
                        }
                    });
                    return catchUp(keys, now);
                });
            }
            locked(() -> {
                Position before = delivered;
                if (current == this && before != null) {
                    delivered = history.last();
                    if (!muted) {
                        arrivals.missed(topic, history.after().plus(1), history);
                    }
                }
            });
            return catchUp(keys, head);
        }

        private void goLive() {
            List<Packet> packets = held == null ? List.of() : held;
            held = null;
            packets.forEach(this::deliver);
        }

        private void take(Packet packet, int bytes) {
            if (held == null) {
                deliver(packet);
                return;
            }
            held.add(packet);
            heldBytes += bytes;
            if (heldBytes > MAX_HELD_BYTES) {
                giveUp("topics are published to faster than their history is read");
            }
        }

        private void deliver(Packet packet) {
            Position before = delivered;
            if (before == null || !before.epoch().equals(packet.first().epoch())) {
                boolean isGap = before == null || !EmptyPosition.continues(before, packet);
                before = packet.first().plus(-1);
                if (isGap) {
                    gap(before);
                }
            }
            long known = before.offset() - packet.first().offset() + 1;
            if (known < 0) {
                giveUp("messages have been missed");
            } else if (known < packet.envelopes().size()) {
                delivered = packet.last();
                deliver(
                        before.plus(1),
                        packet.envelopes()
                                .subList((int) known, packet.envelopes().size()));
            }
        }

        private void deliver(Position first, List<Envelope> envelopes) {
            if (!muted) {
                arrivals.messages(topic, first, envelopes);
            }
        }

        private void gap(Position position) {
            if (!muted) {
                arrivals.gap(topic, position);
            }
        }

        private void malformed() {
            arrivals.malformed(topic);
        }

        private void giveUp(String reason) {
            held = new ArrayList<>();
            heldBytes = 0;
            link.lost().complete(reason);
        }
    }
}
