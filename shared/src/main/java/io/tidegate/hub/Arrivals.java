package io.tidegate.hub;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import io.tidegate.relay.Stretch;
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

    /** What comes on {@link Topic#FLEET} is for the node itself, and does not wait behind what is for clients. */
    void listenToFleet(Consumer<Message> listener) {
        fleet.add(listener);
    }

    @Override
    public void receive(Topic topic, Stretch stretch) {
        if (topic.equals(Topic.FLEET)) {
            stretch.messages().forEach(message -> fleet.forEach(listener -> listener.accept(message)));
            return;
        }
        int bytes = WriteLoop.bytes(stretch.messages());
        if (backlog.add(bytes)) {
            loop.post(new LoopEvent.Arrived(topic, stretch, bytes, clock.nanoTime()));
        } else if (overflowed.add(topic)) {
            loop.post(new LoopEvent.Overflowed(topic, () -> overflowed.remove(topic)));
        }
    }

    @Override
    public void gap(Topic topic, Position position) {
        loop.post(new LoopEvent.Gap(topic, position));
    }
}
