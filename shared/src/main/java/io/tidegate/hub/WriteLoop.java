package io.tidegate.hub;

import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Owns the outbound side of its connections: their queues, their subscriptions, and its part of each topic's subscribers.
 * Other threads post a {@link LoopEvent}.
 *
 * <p>The loop works in rounds. It takes the events that have gathered, then writes to every queue that has something to
 * write. While it writes, the next messages gather. So batches grow with the load by themselves, and one system call
 * carries many messages. The loop waits neither for a peer nor for anything else.
 *
 * <p>One class, although long: it has one short method for each {@link LoopEvent}.
 */
final class WriteLoop implements Owner.Rounds<LoopEvent> {
    /** Payload bytes in a round. They fit into a socket's buffer, so that a round stays short. */
    private static final int ROUND = 64 << 10;

    /** The approximate cost of a waiting message besides its payload. */
    private static final int ENTRY = 64;

    private static final int NO_PAGE = -1;

    private final Backlog backlog;
    private final Readings readings;
    private final Presences presences;
    private final Audiences audiences;
    private final FanOut fanOut;
    private final Outbound outbound;
    private final Counter rounds;
    private final TracedDeliveries traces;
    private final String name;
    private int taken;

    /**
     * What a loop works with.
     *
     * @param relay is there when the loop runs
     * @param queueLimit bytes that may wait for one peer
     * @param owners run the loop
     */
    record Surroundings(
            Supplier<Relay> relay, int queueLimit, Backlog backlog, Owners owners, Metrics metrics, Traces traces) {}

    /**
     * One write loop of a node.
     *
     * @param number from 0
     * @param of how many loops there are
     * @param inbox the loop's inbox
     * @param topics what all loops want of topics
     */
    record Place(int number, int of, Consumer<LoopEvent> inbox, NodeTopics topics) {
        /** The loop's name in metrics and logs. */
        String name() {
            return "write-loop-" + (number + 1);
        }

        /** The loop's part of what the node may do at once. */
        int share(int parallel) {
            return Math.max(1, parallel / of);
        }
    }

    /** A loop without connections. */
    WriteLoop(Surroundings in, Place place, Presences.Self self) {
        Owners owners = in.owners();
        this.name = place.name();
        Consumer<LoopEvent> inbox = place.inbox();
        Consumer<Throwable> defects = defect -> owners.defect(name, defect);
        this.backlog = in.backlog();
        this.rounds = in.metrics().writeRounds();
        this.traces = new TracedDeliveries(in.traces());
        this.outbound = new Outbound(in.queueLimit(), inbox, defects, in.metrics());
        this.readings = new Readings(in.relay(), place, owners, self.clock());
        this.presences = new Presences(place, self);
        this.audiences = new Audiences(place, readings, presences);
        this.fanOut = new FanOut(audiences, defects, new FanOut.Watch(in.metrics(), traces, self.clock()));
    }

    /** The loop's name in metrics and logs. */
    String name() {
        return name;
    }

    Outbound outbound() {
        return outbound;
    }

    Audiences audiences() {
        return audiences;
    }

    /** How many bytes messages count for while they wait for the loop. */
    static int bytes(Iterable<Message> messages) {
        int bytes = 0;
        for (Message message : messages) {
            bytes += message.payload().length + ENTRY;
        }
        return bytes;
    }

    @Override
    public boolean isFull() {
        return taken >= ROUND;
    }

    @Override
    public boolean finish() {
        rounds.increment();
        taken = 0;
        fanOut.flush();
        return outbound.write();
    }

    @Override
    public void step(LoopEvent event) {
        switch (event) {
            case LoopEvent.OfTopic ofTopic -> step(ofTopic);
            case LoopEvent.OfConnection ofConnection -> step(ofConnection);
            case LoopEvent.OfReading ofReading -> step(ofReading);
            case LoopEvent.Written written -> {
                if (written.failure() == null) {
                    written.queue().written(written.batch());
                } else {
                    written.queue().fail();
                }
            }
            case LoopEvent.Count count -> count.told().complete(audiences.count(count.prefix(), count.after()));
            case LoopEvent.Traced traced -> traces.told(traced.word());
            case LoopEvent.Tick tick -> tick(tick.nanoTime());
        }
    }

    private void step(LoopEvent.OfTopic event) {
        switch (event) {
            case LoopEvent.Arrived arrived -> {
                taken += arrived.bytes();
                backlog.remove(arrived.bytes());
                fanOut.arrived(arrived);
            }
            case LoopEvent.Gap gap -> fanOut.gap(gap.topic(), gap.position());
            case LoopEvent.PresenceTold told -> {
                fanOut.flush(told.topic());
                presences.told(told.topic(), told.change(), audiences.of(told.topic()));
            }
            case LoopEvent.Attached attached ->
                presences.attached(attached.topic(), attached.watched(), audiences.of(attached.topic()));
            case LoopEvent.PresenceAnswered answered -> {
                fanOut.flush(answered.topic());
                presences.answered(answered);
            }
            case LoopEvent.Overflowed overflowed -> {
                overflowed.seen().run();
                fanOut.closeAll(overflowed.topic(), CloseCode.OVERLOAD, "this node is overloaded, please reconnect");
            }
            case LoopEvent.Carried carried -> audiences.carried(carried);
            case LoopEvent.NotCarried notCarried -> audiences.notCarried(notCarried);
            case LoopEvent.Emptied emptied -> audiences.emptied(emptied);
        }
    }

    private void step(LoopEvent.OfConnection event) {
        Subscriber subscriber = event.connection().subscriber();
        switch (event) {
            case LoopEvent.Began began -> {
                for (Topic topic : began.topics()) {
                    subscriber.begin(topic);
                }
            }
            case LoopEvent.Opened opened -> subscriber.queue().open();
            case LoopEvent.Send send -> {
                subscriber.send(send.frames());
                if (send.turn()) {
                    send.connection().giveTurn();
                }
            }
            case LoopEvent.Pong pong -> {
                subscriber.pong(pong.frames());
                pong.connection().giveTurn();
            }
            case LoopEvent.Asked asked -> subscriber.ask(asked.topic(), asked.frame());
            case LoopEvent.Restricted restricted -> subscriber.restrict(restricted.rights());
            case LoopEvent.Expelled expelled -> subscriber.expel(expelled.topic());
            case LoopEvent.Stalled stalled -> subscriber.stalled();
            case LoopEvent.Describe describe -> describe.told().complete(subscriber.describe());
            case LoopEvent.Published published -> {
                if (published.answer() != null) {
                    subscriber.send(published.answer());
                }
                published.connection().giveTurn();
            }
            case LoopEvent.Close close ->
                subscriber.close(close.code(), close.reason(), close.frame(), close.discard());
            case LoopEvent.AwaitFinished await -> subscriber.queue().whenFinished(await.told());
            case LoopEvent.Failed failed -> subscriber.fail();
            case LoopEvent.Ended ended -> {
                subscriber.end();
                ended.connection().recordEnd();
            }
        }
    }

    private void step(LoopEvent.OfReading event) {
        Subscription subscription = event.subscription();
        boolean begun = subscription.begun();
        switch (event) {
            case LoopEvent.PageRead read -> {
                subscription.read(read.page(), read.frames());
                goOn(
                        subscription,
                        begun,
                        read.frames() == null ? 0 : read.frames().length());
            }
            case LoopEvent.HeadRead read -> {
                subscription.read(read.head());
                goOn(subscription, begun, NO_PAGE);
            }
            case LoopEvent.ReadFailed read -> {
                subscription.readFailed();
                readings.failed(subscription);
            }
        }
    }

    /**
     * A read for a subscription has ended, with or without success. Starts the next read that the subscription needs.
     *
     * @param page bytes of a page, or {@link #NO_PAGE}
     */
    private void goOn(Subscription subscription, boolean begunBefore, int page) {
        Subscriber subscriber = subscription.subscriber();
        readings.ended();
        if (page != NO_PAGE) {
            subscriber.pageRead(page, readings);
        }
        if (subscription.wantsToRead()) {
            subscriber.read(subscription, readings);
        }
        if (!begunBefore && subscription.begun()) {
            subscriber.begun(subscription);
        }
    }

    private void tick(long nanoTime) {
        readings.tick(nanoTime);
        audiences.tick();
        presences.tick(nanoTime);
    }

    @Override
    public void failed(LoopEvent event, Throwable defect) {
        switch (event) {
            case LoopEvent.OfTopic ofTopic ->
                fanOut.closeAll(ofTopic.topic(), CloseCode.INTERNAL, CloseCode.INTERNAL.reason());
            case LoopEvent.OfConnection ofConnection ->
                ofConnection.connection().subscriber().fail();
            case LoopEvent.OfReading ofReading ->
                ofReading.subscription().subscriber().fail();
            case LoopEvent.Written written -> written.queue().fail();
            case LoopEvent.Count count -> count.told().completeExceptionally(defect);
            case LoopEvent.Traced traced -> {
                // No caller waits for this event.
            }
            case LoopEvent.Tick tick -> {
                // The next tick may succeed.
            }
        }
    }
}
