package io.tidegate.hub;

import io.tidegate.hub.Subscriptions.Subscribers;
import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
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

    private record Arrival(Topic topic, Message message, long nanoTime) {
        int size() {
            return message.payload().length + ENTRY;
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

    FanOut(Subscriptions subscriptions, Metrics metrics, Clock clock) {
        this.subscriptions = subscriptions;
        this.metrics = metrics;
        this.clock = clock;
        this.loop = new WriteLoop(this::round, metrics.messagesSent());
    }

    WriteLoop loop() {
        return loop;
    }

    @Override
    public void receive(Topic topic, Message message, long lagNanos) {
        metrics.relayLag().record(lagNanos);
        Arrival arrival = new Arrival(topic, message, clock.nanoTime());
        if (inboxBytes.get() > OVERFLOW) {
            overflowed.add(topic);
        } else {
            inboxBytes.addAndGet(arrival.size());
            inbox.add(arrival);
        }
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
        Map<Topic, List<Message>> byTopic = new HashMap<>();
        List<Arrival> arrivals = new ArrayList<>();
        int taken = 0;
        Arrival next;
        while (taken < ROUND && (next = inbox.poll()) != null) {
            taken += next.size();
            arrivals.add(next);
            byTopic.computeIfAbsent(next.topic(), topic -> new ArrayList<>()).add(next.message());
        }
        if (!overflowed.isEmpty()) {
            overflowed.removeIf(this::closeSubscribers);
        }
        if (arrivals.isEmpty()) {
            return false;
        }
        inboxBytes.addAndGet(-taken);
        signalRoom();
        byTopic.forEach(this::deliver);
        long now = clock.nanoTime();
        arrivals.forEach(arrival -> metrics.fanOut().record(now - arrival.nanoTime()));
        return true;
    }

    private void deliver(Topic topic, List<Message> messages) {
        Subscribers subscribers = subscriptions.of(topic);
        if (subscribers == null) {
            return;
        }
        FrameBatch batch = FrameBatch.of(messages);
        for (Connection connection : subscribers.snapshot()) {
            connection.deliver(batch);
        }
    }

    /** They have missed a message: closed, they know. */
    private boolean closeSubscribers(Topic topic) {
        Subscribers subscribers = subscriptions.of(topic);
        if (subscribers != null) {
            for (Connection connection : subscribers.snapshot()) {
                connection.overload("this node is overloaded, please reconnect");
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
