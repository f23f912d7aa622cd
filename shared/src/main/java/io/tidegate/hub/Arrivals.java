package io.tidegate.hub;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceChange;
import io.tidegate.relay.Relay;
import io.tidegate.relay.Segment;
import io.tidegate.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Takes what the relay delivers, on the relay's thread, and posts it to the write loops that have subscribers of the
 * topic. The order of a loop's inbox is the order for all of the loop's connections.
 */
final class Arrivals implements Relay.Receiver {
    private final WriteLoops loops;
    private final Clock clock;
    private final List<Consumer<Message>> fleet = new CopyOnWriteArrayList<>();

    Arrivals(WriteLoops loops, Clock clock) {
        this.loops = loops;
        this.clock = clock;
    }

    /**
     * Messages on {@link Topic#FLEET} and {@link Topic#ORDERS} are for the node itself. They do not wait behind clients'
     * messages.
     */
    void listenToFleet(Consumer<Message> listener) {
        fleet.add(listener);
    }

    @Override
    public void receive(Topic topic, Segment segment) {
        if (!topic.isClients()) {
            segment.messages().forEach(message -> own(topic, message));
            return;
        }
        TopicBatch batch = new TopicBatch(topic, segment.first(), segment.messages());
        loops.arrived(new LoopEvent.Arrived(batch, WriteLoop.bytes(segment.messages()), clock.nanoTime()));
    }

    private void own(Topic topic, Message message) {
        if (topic.equals(Topic.TRACES)) {
            Traces.Word.read(message).ifPresent(word -> loops.post(word.topic(), new LoopEvent.Traced(word)));
        } else {
            fleet.forEach(listener -> listener.accept(message));
        }
    }

    @Override
    public void presence(Topic topic, PresenceChange change) {
        loops.post(topic, new LoopEvent.PresenceTold(topic, change));
    }

    @Override
    public void attached(Topic topic, boolean watched) {
        loops.post(topic, new LoopEvent.Attached(topic, watched));
    }

    @Override
    public void gap(Topic topic, Position position) {
        if (topic.equals(Topic.ORDERS)) {
            System.getLogger(Arrivals.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "This node was without the relay for longer than the history reaches: users who were"
                                    + " thrown out meanwhile may still be connected to this node");
            return;
        }
        loops.post(topic, new LoopEvent.Gap(topic, position));
    }
}
