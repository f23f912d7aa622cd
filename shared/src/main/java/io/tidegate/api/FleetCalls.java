package io.tidegate.api;

import io.tidegate.hub.Hub;
import io.tidegate.hub.Roster;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Questions and orders about connections on any node of the fleet. Orders go over {@link Topic#ORDERS}; a node that was
 * cut off gets them from its history. Questions and answers go over {@link Topic#FLEET}. The asking node waits for as
 * many answers as there are nodes, but at most a second. Every node answers the others, whether it has an API or not.
 *
 * <p>One class, although long: a question, its answers and its timeout share one table of open calls.
 */
public final class FleetCalls {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MOST_ANSWERS = 1_000;

    private final String fleet;
    private final boolean alone;
    private final Hub hub;
    private final Roster roster;
    private final IntSupplier nodes;
    private final Clock clock;
    private final Self self;
    private final AtomicLong asked = new AtomicLong();
    private final Map<String, Ask> asks = new ConcurrentHashMap<>();

    /**
     * A question that waits for answers.
     *
     * @param kind what was asked
     * @param from the nodes that have answered
     */
    private record Ask(FleetMessage.Kind kind, Set<String> from, BlockingQueue<String> answers) {
        Ask(FleetMessage.Kind kind) {
            this(kind, ConcurrentHashMap.newKeySet(), new LinkedBlockingQueue<>());
        }

        /**
         * Takes an answer. Anyone who may write to Redis can send one, so a second answer of a node and a malformed one
         * are ignored.
         */
        void take(FleetMessage answer) {
            String items = answer.get("items");
            boolean good =
                    kind == FleetMessage.Kind.ASK_TOPICS ? Directory.areTopics(items) : Directory.areObjects(items);
            if (good && from.size() < MOST_ANSWERS && from.add(answer.get("from"))) {
                answers.add(items);
            }
        }
    }

    /**
     * This node.
     *
     * @param name unlike that of any other node
     * @param state what the node is doing now, as a JSON object
     */
    public record Self(String name, Supplier<String> state) {}

    /**
     * The answers to a question.
     *
     * @param items of each node that has answered, as JSON
     * @param whole whether all nodes have answered
     */
    record Found(List<String> items, boolean whole) {}

    /**
     * The calls of one node.
     *
     * @param nodes the number of the fleet's nodes, this one included
     */
    public FleetCalls(Settings settings, Hub hub, Self self, IntSupplier nodes, Clock clock) {
        this.fleet = settings.fleet().name();
        this.alone = settings.relay().inProcess();
        this.hub = hub;
        this.roster = hub.roster();
        this.self = self;
        this.nodes = nodes;
        this.clock = clock;
        if (!alone) {
            hub.listenToFleet(message -> {
                // A virtual thread, because the relay's thread must not wait.
                if (FleetMessage.mayBe(message)) {
                    Thread.ofVirtual().start(() -> hear(message));
                }
            });
        }
    }

    /**
     * Orders all nodes to do something. This node does it at once.
     *
     * @return false where the other nodes may not get the order
     */
    boolean order(FleetMessage order) {
        FleetMessage words = order.with("at", String.valueOf(clock.epochMillis()));
        obey(words);
        if (alone) {
            return true;
        }
        try {
            hub.orderFleet(signed(words)).toCompletableFuture().join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** Asks all nodes a question. */
    Found ask(FleetMessage words) {
        List<String> items = new ArrayList<>();
        items.add(answer(words));
        if (alone) {
            return new Found(items, true);
        }
        String name = self.name() + "/" + asked.incrementAndGet();
        Ask ask = new Ask(words.kind());
        asks.put(name, ask);
        try {
            hub.tellFleet(signed(words.with("ask", name))).toCompletableFuture().join();
            long end = clock.nanoTime() + WAIT_NANOS;
            while (items.size() < nodes.getAsInt()) {
                String next = ask.answers().poll(end - clock.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    return new Found(items, false);
                }
                items.add(next);
            }
            return new Found(items, true);
        } catch (CompletionException e) {
            return new Found(items, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found(items, false);
        } finally {
            asks.remove(name);
        }
    }

    private Message signed(FleetMessage words) {
        return words.with("fleet", fleet).with("from", self.name()).message();
    }

    private void hear(Message message) {
        Optional<FleetMessage> read = FleetMessage.read(message);
        if (read.isEmpty()
                || !read.get().get("fleet").equals(fleet)
                || read.get().get("from").equals(self.name())) {
            return;
        }
        FleetMessage words = read.get();
        switch (words.kind()) {
            case ANSWER -> {
                Ask ask = asks.get(words.get("ask"));
                if (ask != null) {
                    ask.take(words);
                }
            }
            case ASK_CONNECTIONS, ASK_TOPICS, ASK_NODES ->
                hub.tellFleet(signed(
                        new FleetMessage(FleetMessage.Kind.ANSWER, "ask", words.get("ask"), "items", answer(words))));
            case THROW_OUT_USER, THROW_OUT_CONNECTION, UNSUBSCRIBE -> obey(words);
        }
    }

    private void obey(FleetMessage words) {
        Optional<Long> at = words.number("at");
        if (at.isEmpty()) {
            return; // the sender is no node
        }
        switch (words.kind()) {
            case THROW_OUT_USER -> roster.throwOutUser(words.get("user"), at.get());
            case THROW_OUT_CONNECTION -> roster.throwOutConnection(words.get("connection"));
            case UNSUBSCRIBE -> {
                if (Topic.isValid(words.get("topic"))) {
                    roster.unsubscribe(words.get("user"), new Topic(words.get("topic")), at.get());
                }
            }
            case ANSWER, ASK_CONNECTIONS, ASK_TOPICS, ASK_NODES -> throw new IllegalArgumentException("no order");
        }
    }

    /** This node's answer: members of a JSON array, or of an object. */
    private String answer(FleetMessage words) {
        return switch (words.kind()) {
            case ASK_TOPICS -> topics(words);
            case ASK_NODES -> self.state().get();
            case ASK_CONNECTIONS -> connections(words.get("user"));
            case ANSWER, THROW_OUT_USER, THROW_OUT_CONNECTION, UNSUBSCRIBE ->
                throw new IllegalArgumentException("no question");
        };
    }

    private String connections(String user) {
        StringBuilder items = new StringBuilder();
        for (CompletableFuture<Roster.Entry> described : roster.of(user)) {
            Roster.Entry entry = described.join();
            String topics = String.join(
                    ",", entry.topics().stream().map(StrictJson::quoted).toList());
            items.append(items.isEmpty() ? "" : ",")
                    .append("{\"connection\":")
                    .append(StrictJson.quoted(entry.connection()))
                    .append(",\"node\":")
                    .append(StrictJson.quoted(hub.node()))
                    .append(",\"topics\":[")
                    .append(topics)
                    .append("],\"since\":")
                    .append(entry.since())
                    .append(",\"bytesWaiting\":")
                    .append(entry.bytesWaiting())
                    .append('}');
        }
        return items.toString();
    }

    /** One page and one topic more, so that the asking node sees whether other topics follow. */
    private String topics(FleetMessage words) {
        Map<String, Integer> counts = new TreeMap<>(
                roster.topics(words.get("prefix"), words.get("after")).join());
        StringBuilder items = new StringBuilder();
        int taken = 0;
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            if (taken++ > Directory.MOST) {
                break;
            }
            items.append(items.isEmpty() ? "" : ",")
                    .append(count.getKey())
                    .append('=')
                    .append(count.getValue());
        }
        return items.toString();
    }
}
