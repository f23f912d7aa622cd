package io.tidegate.hub;

import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceReport;
import io.tidegate.relay.Relay;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins what the write loops of this node want of each topic. The relay is told of a topic's first loop and of its last
 * loop, and gets one presence report for all loops. Any thread; the state belongs to an owner without a thread.
 */
final class NodeTopics implements Owner.Step<NodeTopics.Event> {
    /** The owner's name in metrics and logs. */
    static final String NAME = "node-topics";

    private static final int NO_LOOP = 0;

    /** The largest number of reports under way. After an outage every topic has one to send. */
    private static final int PARALLEL = 64;

    private final Supplier<Relay> relay;
    private final List<Consumer<LoopEvent>> loops;
    private final Presences.Self self;
    private final Owner<Event> owner;

    /** The loops that want each topic; one bit for each loop. This owner writes the map, the relay's threads read it. */
    private final Map<Topic, Integer> wanted = new ConcurrentHashMap<>();

    private final Map<Topic, NodePresence> presences = new HashMap<>();
    private final SequencedMap<Topic, NodePresence> due = new LinkedHashMap<>();
    private int underWay;
    private long reports;

    /** Requests of the loops, and answers of the relay. */
    sealed interface Event {}

    /** A loop wants a topic. The result is told once. */
    private record Want(Topic topic, int loop, Consumer<Boolean> carried) implements Event {}

    private record Unwant(Topic topic, int loop) implements Event {}

    private record Report(Topic topic, int loop, PresenceReport report, NodePresence.Told told) implements Event {}

    private record Answered(
            Topic topic, NodePresence presence, @Nullable PresenceAnswer answer) implements Event {}

    /**
     * No topic is wanted yet.
     *
     * @param loops the inboxes of the loops, by their numbers
     */
    NodeTopics(Supplier<Relay> relay, List<Consumer<LoopEvent>> loops, Presences.Self self, Owners owners) {
        this.relay = relay;
        this.loops = loops;
        this.self = self;
        this.owner = owners.serial(NAME, this);
    }

    /**
     * Subscribes to a topic for a loop. The loop gets all that is told of the topic from a moment before the answer.
     *
     * @param carried is told, on any thread, whether the relay delivers the topic
     */
    void want(Topic topic, int loop, Consumer<Boolean> carried) {
        owner.post(new Want(topic, loop, carried));
    }

    /** The loop has no subscriber of the topic any more. */
    void unwant(Topic topic, int loop) {
        owner.post(new Unwant(topic, loop));
    }

    /** Like {@link Relay#presence}, for those users of a topic that a loop has. */
    void report(Topic topic, int loop, PresenceReport report, NodePresence.Told told) {
        owner.post(new Report(topic, loop, report, told));
    }

    /** Calls an action with the number of each loop that wants a topic. */
    void forEachLoop(Topic topic, Consumer<Integer> action) {
        int left = wanted.getOrDefault(topic, NO_LOOP);
        while (left != NO_LOOP) {
            action.accept(Integer.numberOfTrailingZeros(left));
            left &= left - 1;
        }
    }

    /** For the watchdog. */
    Owner<?> owner() {
        return owner;
    }

    private static int bit(int loop) {
        return 1 << loop;
    }

    @Override
    public void step(Event event) {
        switch (event) {
            case Want want -> want(want);
            case Unwant unwant -> unwant(unwant);
            case Report report -> {
                NodePresence presence =
                        presences.computeIfAbsent(report.topic(), topic -> new NodePresence(self, loops.size()));
                presence.add(report.loop(), report.report(), report.told());
                look(report.topic(), presence);
            }
            case Answered answered -> {
                underWay--;
                answered.presence().answered(answered.answer());
                look(answered.topic(), answered.presence());
                reportDue();
            }
        }
    }

    private void want(Want want) {
        wanted.merge(want.topic(), bit(want.loop()), (before, more) -> before | more);
        NodePresence presence = presences.get(want.topic());
        if (presence != null) {
            // Ask before the relay delivers the topic to this loop, so that the loop's clients wait until they are
            // reported.
            askForReport(want.topic(), want.loop(), presence);
        }
        var unused = relay.get()
                .subscribe(want.topic())
                .whenComplete((nothing, failure) -> want.carried().accept(failure == null));
    }

    private void unwant(Unwant unwant) {
        Integer left = wanted.computeIfPresent(unwant.topic(), (topic, before) -> without(before, bit(unwant.loop())));
        if (left == null) {
            relay.get().unsubscribe(unwant.topic());
        }
        NodePresence presence = presences.get(unwant.topic());
        if (presence != null) {
            look(unwant.topic(), presence);
        }
    }

    private static @Nullable Integer without(int before, int bit) {
        int left = before & ~bit;
        return left == NO_LOOP ? null : left;
    }

    private void askForReport(Topic topic, int loop, NodePresence presence) {
        presence.asked(loop);
        loops.get(loop).accept(new LoopEvent.Attached(topic, true));
    }

    /** Reports if there is something to report and all loops have reported their users. */
    private void look(Topic topic, NodePresence presence) {
        if (presence.isOver(wanted.getOrDefault(topic, NO_LOOP))) {
            presences.remove(topic, presence);
            return;
        }
        if (!presence.isDue()) {
            return;
        }
        int silent = silent(topic, presence);
        for (int loop = 0; silent != NO_LOOP && loop < loops.size(); loop++) {
            if ((silent & bit(loop)) != 0 && !presence.isAsked(loop)) {
                askForReport(topic, loop, presence);
            }
        }
        if (silent == NO_LOOP) {
            due.put(topic, presence);
            reportDue();
        }
    }

    /** The loops of a topic that have not reported their users yet. */
    private int silent(Topic topic, NodePresence presence) {
        return presence.silent(wanted.getOrDefault(topic, NO_LOOP));
    }

    private void reportDue() {
        while (underWay < PARALLEL && !due.isEmpty()) {
            Map.Entry<Topic, NodePresence> next = Objects.requireNonNull(due.pollFirstEntry());
            if (silent(next.getKey(), next.getValue()) == NO_LOOP) {
                report(next.getKey(), next.getValue());
            }
        }
    }

    private void report(Topic topic, NodePresence presence) {
        underWay++;
        var unused = relay.get()
                .presence(topic, presence.report(++reports))
                .whenComplete((answer, failure) ->
                        owner.post(new Answered(topic, presence, failure == null ? answer : null)));
    }
}
