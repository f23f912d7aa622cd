package io.tidegate.hub;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Topic;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A write loop that runs, and the way to it. Any thread. */
final class LoopInbox {
    private final Owner<LoopEvent> owner;
    private final WriteLoop loop;
    private final Backlog backlog;
    private final AtomicInteger connections = new AtomicInteger();

    /** Topics of which a message was dropped, and of which the loop does not know yet. */
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

    /** Posts messages, or where too much waits, that they are dropped. */
    void post(LoopEvent.Arrived arrived) {
        if (backlog.add(arrived.bytes())) {
            owner.post(arrived);
        } else if (overflowed.add(arrived.topic())) {
            owner.post(new LoopEvent.Overflowed(arrived.topic(), () -> overflowed.remove(arrived.topic())));
        }
    }

    /** Connections that are its. */
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
