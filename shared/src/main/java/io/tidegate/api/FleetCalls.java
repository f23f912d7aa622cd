package io.tidegate.api;

import io.tidegate.hub.Hub;
import io.tidegate.hub.Roster;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Asks and orders that concern connections, wherever in the fleet they are. A node that was asked tells what it has over
 * {@link Topic#FLEET}; who asks waits for as many answers as there are nodes, for a second at most. Each node does this for the
 * others, whether it has an API or not.
 */
public final class FleetCalls {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String fleet;
    private final boolean alone;
    private final Hub hub;
    private final Roster roster;
    private final IntSupplier nodes;
    private final LongSupplier nanoTime;
    private final String self;
    private final AtomicLong asked = new AtomicLong();
    private final Map<String, BlockingQueue<String>> asks = new ConcurrentHashMap<>();

    /**
     * What was found.
     *
     * @param items of each node that has answered, as JSON
     * @param whole whether all have
     */
    record Found(List<String> items, boolean whole) {}

    /**
     * For one node.
     *
     * @param self unlike the name of any other node
     * @param nodes how many the fleet has, this one too
     */
    public FleetCalls(Settings settings, Hub hub, String self, IntSupplier nodes, LongSupplier nanoTime) {
        this.fleet = settings.fleet().name();
        this.alone = settings.relay().inProcess();
        this.hub = hub;
        this.roster = hub.roster();
        this.self = self;
        this.nodes = nodes;
        this.nanoTime = nanoTime;
        if (!alone) {
            hub.listenToFleet(message -> {
                // The relay's thread does not wait.
                if (FleetWords.mayBe(message)) {
                    Thread.ofVirtual().start(() -> hear(message));
                }
            });
        }
    }

    /**
     * Has all nodes do something; this one does it at once.
     *
     * @return false where the others may not have heard it
     */
    boolean order(FleetWords words) {
        obey(words);
        if (alone) {
            return true;
        }
        try {
            hub.tellFleet(signed(words)).toCompletableFuture().join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** Asks all nodes. */
    Found ask(FleetWords words) {
        List<String> items = new ArrayList<>();
        items.add(answer(words));
        if (alone) {
            return new Found(items, true);
        }
        String name = self + "/" + asked.incrementAndGet();
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        asks.put(name, answers);
        try {
            hub.tellFleet(signed(words.with("ask", name))).toCompletableFuture().join();
            long end = nanoTime.getAsLong() + WAIT_NANOS;
            while (items.size() < nodes.getAsInt()) {
                String next = answers.poll(end - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
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

    private Message signed(FleetWords words) {
        return words.with("fleet", fleet).with("from", self).message();
    }

    private void hear(Message message) {
        Optional<FleetWords> read = FleetWords.read(message);
        if (read.isEmpty()
                || !read.get().get("fleet").equals(fleet)
                || read.get().get("from").equals(self)) {
            return;
        }
        FleetWords words = read.get();
        switch (words.kind()) {
            case ANSWER -> {
                BlockingQueue<String> answers = asks.get(words.get("ask"));
                if (answers != null) {
                    answers.add(words.get("items"));
                }
            }
            case ASK_CONNECTIONS, ASK_TOPICS ->
                hub.tellFleet(signed(
                        new FleetWords(FleetWords.Kind.ANSWER, "ask", words.get("ask"), "items", answer(words))));
            case THROW_OUT_USER, THROW_OUT_CONNECTION, UNSUBSCRIBE -> obey(words);
        }
    }

    private void obey(FleetWords words) {
        switch (words.kind()) {
            case THROW_OUT_USER -> roster.throwOutUser(words.get("user"));
            case THROW_OUT_CONNECTION -> roster.throwOutConnection(words.get("connection"));
            case UNSUBSCRIBE -> roster.unsubscribe(words.get("user"), new Topic(words.get("topic")));
            case ANSWER, ASK_CONNECTIONS, ASK_TOPICS -> throw new IllegalArgumentException("no order");
        }
    }

    /** What this node has: members of a JSON array, or of an object. */
    private String answer(FleetWords words) {
        return words.kind() == FleetWords.Kind.ASK_TOPICS ? topics(words) : connections(words.get("user"));
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

    /** One page and one topic more, so that who asks can tell whether others follow. */
    private String topics(FleetWords words) {
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
