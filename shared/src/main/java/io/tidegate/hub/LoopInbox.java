package io.tidegate.hub;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Topic;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A running write loop and its inbox. Any thread. */
final class LoopInbox {
    private final Owner<LoopEvent> owner;
    private final WriteLoop loop;
    private final Backlog backlog;
    private final AtomicInteger connections = new AtomicInteger();

    /** Topics of which a message was dropped, and whose drop the loop has not seen yet. */
    private final Set<Topic> overflowed = ConcurrentHashMap.newKeySet();

    LoopInbox(Owner<LoopEvent> owner, WriteLoop loop, Backlog backlog) {
        this.owner = owner;
        this.loop = loop;
        this.backlog = backlog;
    }

    Owner<LoopEvent> owner() {
        return owner;
    }

    WriteLoop loop() {
        return loop;
    }

    void post(LoopEvent event) {
        owner.post(event);
    }

    /** Posts messages. Where too much waits, posts instead that messages were dropped. */
    void post(LoopEvent.Arrived arrived) {
        if (backlog.add(arrived.bytes())) {
            owner.post(arrived);
        } else if (overflowed.add(arrived.topic())) {
            owner.post(new LoopEvent.Overflowed(arrived.topic(), () -> overflowed.remove(arrived.topic())));
        }
    }

    /** The number of the loop's connections. */
    int connections() {
        return connections.get();
    }

    void enter() {
        connections.getAndIncrement();
    }

    void leave() {
        connections.getAndDecrement();
    }
}
