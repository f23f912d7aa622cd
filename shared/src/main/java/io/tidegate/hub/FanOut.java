package io.tidegate.hub;

import io.tidegate.hub.Subscriptions.Subscribers;
import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import io.tidegate.relay.Stretch;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Takes what comes from the relay and hands it to the queues of its topic's subscribers.
 *
 * <p>{@link #receive} runs on the relay's thread and only enqueues: the order of that inbox is the order for everybody.
 * {@link #round} runs on the write loop: all messages of a topic that have gathered are framed once, into one batch that
 * every subscriber shares.
 *
 * <p>The inbox is bounded. Above {@link #ROOM} the node's own publishers wait. What other nodes publish cannot be held
 * back: above {@link #OVERFLOW} a message is dropped and the topic's subscribers are closed (1013), so that they know.
 */
final class FanOut implements Relay.Receiver {
    /** Bytes in the inbox above which this node's publishers wait. */
    static final long ROOM = 4 << 20;

    /** Bytes in the inbox above which nothing more is taken. */
    static final long OVERFLOW = 64 << 20;

    /** Payload bytes in a round: small enough for the socket's own buffer, so that a round stays short. */
    private static final int ROUND = 64 << 10;

    /** What an entry of the inbox costs besides its payload, roughly. */
    private static final int ENTRY = 64;

    /** Something of one topic, in its place in that topic's order. */
    private sealed interface Arrival {
        Topic topic();

        int size();
    }

    private record Fresh(Topic topic, Stretch stretch, int size, long nanoTime) implements Arrival {
        static int size(Stretch stretch) {
            int size = 0;
            for (Message message : stretch.messages()) {
                size += message.payload().length + ENTRY;
            }
            return size;
        }
    }

    private record Gap(Topic topic, Position position) implements Arrival {
        @Override
        public int size() {
            return ENTRY;
        }
    }

    /** What must happen between two messages of a topic. */
    private record Between(Topic topic, Runnable action) implements Arrival {
        @Override
        public int size() {
            return ENTRY;
        }
    }

    private final Subscriptions subscriptions;
    private final Metrics metrics;
    private final Clock clock;
    private final WriteLoop loop;
    private final ConcurrentLinkedQueue<Arrival> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicLong inboxBytes = new AtomicLong();
    private final Set<Topic> overflowed = ConcurrentHashMap.newKeySet();
    private final ReentrantLock roomLock = new ReentrantLock();
    private final Condition room = roomLock.newCondition();
    private final AtomicInteger waitingForRoom = new AtomicInteger();
    private volatile Consumer<Message> fleet = message -> {};

    FanOut(Subscriptions subscriptions, Metrics metrics, Clock clock) {
        this.subscriptions = subscriptions;
        this.metrics = metrics;
        this.clock = clock;
        this.loop = new WriteLoop(this::round, metrics.messagesSent());
    }

    WriteLoop loop() {
        return loop;
    }

    /** What comes on {@link Topic#FLEET} is for the node itself, and does not wait behind what is for clients. */
    void listenToFleet(Consumer<Message> listener) {
        fleet = listener;
    }

    @Override
    public void receive(Topic topic, Stretch stretch) {
        if (topic.equals(Topic.FLEET)) {
            stretch.messages().forEach(fleet);
        } else if (inboxBytes.get() > OVERFLOW) {
            overflowed.add(topic);
            loop.wake();
        } else {
            add(new Fresh(topic, stretch, Fresh.size(stretch), clock.nanoTime()));
        }
    }

    @Override
    public void gap(Topic topic, Position position) {
        add(new Gap(topic, position));
    }

    /** Runs something on the write loop, behind all messages of the topic that have arrived. */
    void between(Topic topic, Runnable action) {
        add(new Between(topic, action));
    }

    private void add(Arrival arrival) {
        inboxBytes.addAndGet(arrival.size());
        inbox.add(arrival);
        loop.wake();
    }

    /** Holds a publisher of this node back while the fan-out does not keep up. */
    void awaitRoom() throws InterruptedException {
        if (inboxBytes.get() <= ROOM) {
            return;
        }
        roomLock.lockInterruptibly();
        try {
            waitingForRoom.incrementAndGet();
            while (inboxBytes.get() > ROOM) {
                room.await();
            }
        } finally {
            waitingForRoom.decrementAndGet();
            roomLock.unlock();
        }
    }

    /** Fans out what has gathered; false where there was nothing. */
    private boolean round() {
        Map<Topic, List<Arrival>> byTopic = new HashMap<>();
        int taken = 0;
        Arrival next;
        while (taken < ROUND && (next = inbox.poll()) != null) {
            taken += next.size();
            byTopic.computeIfAbsent(next.topic(), topic -> new ArrayList<>()).add(next);
        }
        if (!overflowed.isEmpty()) {
            overflowed.removeIf(this::closeSubscribers);
        }
        if (taken == 0) {
            return false;
        }
        inboxBytes.addAndGet(-taken);
        signalRoom();
        byTopic.forEach(this::handOut);
        return true;
    }

    /** Messages that follow each other go out as one. */
    private void handOut(Topic topic, List<Arrival> arrivals) {
        List<Fresh> run = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            switch (arrival) {
                case Fresh fresh -> {
                    if (!run.isEmpty() && !follows(fresh, run.getLast())) {
                        deliver(topic, run);
                        run.clear();
                    }
                    run.add(fresh);
                }
                case Gap gap -> {
                    deliver(topic, run);
                    run.clear();
                    report(gap);
                }
                case Between between -> {
                    deliver(topic, run);
                    run.clear();
                    between.action().run();
                }
            }
        }
        deliver(topic, run);
    }

    private static boolean follows(Fresh next, Fresh before) {
        return !next.topic().hasHistory()
                || next.stretch().first().equals(before.stretch().last().plus(1));
    }

    private void deliver(Topic topic, List<Fresh> run) {
        Subscribers subscribers = subscriptions.of(topic);
        if (subscribers != null && !run.isEmpty()) {
            List<Message> messages = new ArrayList<>();
            run.forEach(fresh -> messages.addAll(fresh.stretch().messages()));
            TopicBatch batch = new TopicBatch(topic, run.getFirst().stretch().first(), messages);
            for (Subscription subscription : subscribers.snapshot()) {
                subscription.deliver(batch);
            }
            subscribers.delivered(batch.last());
        }
        long now = clock.nanoTime();
        for (Fresh fresh : run) {
            for (int i = 0; i < fresh.stretch().messages().size(); i++) {
                metrics.fanOut().record(now - fresh.nanoTime());
            }
        }
    }

    private void report(Gap gap) {
        Subscribers subscribers = subscriptions.of(gap.topic());
        if (subscribers != null) {
            for (Subscription subscription : subscribers.snapshot()) {
                subscription.gap(gap.position());
            }
        }
    }

    /** They have missed a message: closed, they know. */
    private boolean closeSubscribers(Topic topic) {
        Subscribers subscribers = subscriptions.of(topic);
        if (subscribers != null) {
            for (Subscription subscription : subscribers.snapshot()) {
                subscription.connection().overload("this node is overloaded, please reconnect");
            }
        }
        return true;
    }

    private void signalRoom() {
        if (waitingForRoom.get() > 0 && inboxBytes.get() <= ROOM) {
            roomLock.lock();
            try {
                room.signalAll();
            } finally {
                roomLock.unlock();
            }
        }
    }
}
