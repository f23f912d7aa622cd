package io.tidegate.hub;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The write loops of a node. Each connection belongs to one loop, from its beginning to its end. Events of a topic go to
 * the loops that have subscribers of the topic. Any thread.
 */
final class WriteLoops {
    /** A topic keeps to its loops until they have this many times the connections of the loop with the fewest. */
    private static final double UNEVEN = 1.25;

    private final List<LoopInbox> loops = new ArrayList<>();
    private final NodeTopics topics;

    /**
     * Starts the loops.
     *
     * @param count how many, 1 or more
     */
    WriteLoops(int count, WriteLoop.Surroundings in, Presences.Self self) {
        List<Consumer<LoopEvent>> inboxes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            inboxes.add(event -> loops.get(number).post(event));
        }
        this.topics = new NodeTopics(in.relay(), inboxes, self, in.owners());
        for (int i = 0; i < count; i++) {
            WriteLoop.Place place = new WriteLoop.Place(i, count, inboxes.get(i), topics);
            WriteLoop loop = new WriteLoop(in, place, self);
            loops.add(new LoopInbox(in.owners().loop(place.name(), loop), loop, in.backlog()));
        }
    }

    /**
     * The loop of a new connection, which is counted there until {@link LoopInbox#leave}. A loop that has subscribers of
     * the connection's first topic is preferred, so that the messages of a small topic wake few threads, unless another
     * loop has clearly fewer connections.
     */
    LoopInbox enter(List<Topic> wanted) {
        LoopInbox least = least(loops);
        LoopInbox chosen = least;
        if (!wanted.isEmpty()) {
            List<LoopInbox> those = new ArrayList<>();
            topics.forEachLoop(wanted.getFirst(), loop -> those.add(loops.get(loop)));
            if (!those.isEmpty() && least(those).connections() <= least.connections() * UNEVEN) {
                chosen = least(those);
            }
        }
        chosen.enter();
        return chosen;
    }

    private static LoopInbox least(List<LoopInbox> some) {
        LoopInbox least = some.getFirst();
        for (LoopInbox loop : some) {
            least = loop.connections() < least.connections() ? loop : least;
        }
        return least;
    }

    /** The number of connections of each loop. */
    List<Integer> connections() {
        return loops.stream().map(LoopInbox::connections).toList();
    }

    /** The number of topics that each loop carries. */
    List<Integer> topicsByLoop() {
        return loops.stream()
                .map(loop -> loop.loop().audiences().carriedTopics().size())
                .toList();
    }

    /** Posts messages to the loops that have subscribers of their topic. */
    void arrived(LoopEvent.Arrived arrived) {
        topics.forEachLoop(arrived.topic(), loop -> loops.get(loop).post(arrived));
    }

    /** Posts any other event of a topic to the loops that have subscribers of it. */
    void post(Topic topic, LoopEvent event) {
        topics.forEachLoop(topic, loop -> loops.get(loop).post(event));
    }

    void postToAll(LoopEvent event) {
        loops.forEach(loop -> loop.post(event));
    }

    /** Bytes that wait for a socket, over all connections. */
    long queuedBytes() {
        return loops.stream().mapToLong(loop -> loop.loop().outbound().bytes()).sum();
    }

    /** Topics that are subscribed to and that the relay delivers. */
    int carriedTopics() {
        if (loops.size() == 1) {
            return loops.getFirst().loop().audiences().carriedTopics().size();
        }
        Set<Topic> all = new HashSet<>();
        loops.forEach(loop -> all.addAll(loop.loop().audiences().carriedTopics()));
        return all.size();
    }

    /** Like {@link Audiences#count}, over all loops. */
    CompletableFuture<Map<String, Integer>> count(String prefix, String after) {
        CompletableFuture<Map<String, Integer>> all = CompletableFuture.completedFuture(new HashMap<>());
        for (LoopInbox loop : loops) {
            CompletableFuture<Map<String, Integer>> told = new CompletableFuture<>();
            loop.post(new LoopEvent.Count(prefix, after, told));
            all = all.thenCombine(told, (sums, counts) -> {
                counts.forEach((topic, count) -> sums.merge(topic, count, Integer::sum));
                return sums;
            });
        }
        return all;
    }

    /** The owners by name, for the watchdog. */
    Map<String, Owner<?>> owners() {
        Map<String, Owner<?>> owners = new LinkedHashMap<>();
        loops.forEach(loop -> owners.put(loop.loop().name(), loop.owner()));
        owners.put(NodeTopics.NAME, topics.owner());
        return owners;
    }
}
