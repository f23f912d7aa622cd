package io.tidegate.hub;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceChange;
import io.tidegate.relay.Relay;
import io.tidegate.relay.Segment;
import io.tidegate.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Takes what comes from the relay, on the relay's thread, and posts it to the write loop: the order of that inbox is the order for
 * everybody.
 */
final class Arrivals implements Relay.Receiver {
    private final Backlog backlog;
    private final Owner<LoopEvent> loop;
    private final Clock clock;

    /** Topics of which a message was dropped, and of which the loop does not know yet. */
    private final Set<Topic> overflowed = ConcurrentHashMap.newKeySet();

    private final List<Consumer<Message>> fleet = new CopyOnWriteArrayList<>();

    Arrivals(Backlog backlog, Owner<LoopEvent> loop, Clock clock) {
        this.backlog = backlog;
        this.loop = loop;
        this.clock = clock;
    }

    /** What comes on {@link Topic#FLEET} and {@link Topic#ORDERS} is for the node itself, and does not wait behind what is for clients. */
    void listenToFleet(Consumer<Message> listener) {
        fleet.add(listener);
    }

    @Override
    public void receive(Topic topic, Segment segment) {
        if (!topic.isClients()) {
            segment.messages().forEach(message -> own(topic, message));
            return;
        }
        int bytes = WriteLoop.bytes(segment.messages());
        if (backlog.add(bytes)) {
            loop.post(new LoopEvent.Arrived(topic, segment, bytes, clock.nanoTime()));
        } else if (overflowed.add(topic)) {
            loop.post(new LoopEvent.Overflowed(topic, () -> overflowed.remove(topic)));
        }
    }

    private void own(Topic topic, Message message) {
        if (topic.equals(Topic.TRACES)) {
            Traces.Word.read(message).ifPresent(word -> loop.post(new LoopEvent.Traced(word)));
        } else {
            fleet.forEach(listener -> listener.accept(message));
        }
    }

    @Override
    public void presence(Topic topic, PresenceChange change) {
        loop.post(new LoopEvent.PresenceTold(topic, change));
    }

    @Override
    public void attached(Topic topic, boolean watched) {
        loop.post(new LoopEvent.Attached(topic, watched));
    }

    @Override
    public void gap(Topic topic, Position position) {
        if (topic.equals(Topic.ORDERS)) {
            System.getLogger(Arrivals.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "This node was cut off for longer than the history reaches: who was thrown out meanwhile"
                                    + " may still be connected here");
            return;
        }
        loop.post(new LoopEvent.Gap(topic, position));
    }
}
