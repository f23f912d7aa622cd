package io.tidegate.simulation;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Wire;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client on {@code tidegate.v1} that sends random requests, as fast as it likes, and checks the server against
 * docs/protocol.md. Each request has its answer, in order. Messages that the client publishes after a subscribe come to it. No
 * message comes before or after its subscription.
 */
final class Improviser implements Tcp.Client {
    private static final Pattern POSITION = Pattern.compile("\"position\":\"([^\"]+)\"");
    private static final Pattern TOPIC = Pattern.compile("\"topic\":\"([^\"]+)\"");
    private static final Pattern BODY = Pattern.compile("\"message\":(\"[^\"]*\")");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final int MOST_UNACKNOWLEDGED = 60;

    private final World world;
    private final Cluster cluster;
    private final Ledger ledger;
    private final String name;
    private final List<String> topics;
    private final Random random;
    private final Map<String, Interest> interests = new HashMap<>();
    private final Map<String, Publish> unacknowledged = new HashMap<>();
    private AnswerOrder order;
    private @Nullable Tcp tcp;
    private boolean quiet;
    private boolean connecting;
    private int published;
    private int ownTopics;

    /** The state of a topic on the current connection. */
    private static final class Interest {
        /** The requests without an answer, in order. */
        private final ArrayDeque<Ledger.Listener> asked = new ArrayDeque<>();

        /** The subscription whose messages come. */
        private Ledger.@Nullable Listener active;

        private boolean lastAskIsSubscribe;
        private @Nullable Position resumeBehind;
    }

    /** A publish under way. */
    private record Publish(String topic, String body, Ledger.@Nullable Listener own, boolean kept) {}

    Improviser(World world, Cluster cluster, Ledger ledger, String name, List<String> topics) {
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.name = name;
        this.topics = topics;
        this.random = world.random(name);
        this.order = new AnswerOrder(world, name);
        connect();
    }

    /** Sends a random request, or a burst of them. */
    void act() {
        if (tcp == null) {
            connect();
            return;
        }
        int burst = random.nextInt(8) == 0 ? 12 : 1 + random.nextInt(3);
        String topic = random.nextInt(4) == 0 ? topicOfItsOwn() : topics.get(random.nextInt(topics.size()));
        for (int i = 0; i < burst; i++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> subscribe(topic);
                case 3 -> unsubscribe(topic);
                case 4 -> say("{\"type\":\"ping\"}");
                default -> publish(topic);
            }
        }
    }

    /**
     * The shared topics soon have messages. This topic is sometimes new, so that a client resumes in a topic without messages.
     */
    private String topicOfItsOwn() {
        ownTopics += random.nextInt(5) == 0 ? 1 : 0;
        return name + ":" + ownTopics;
    }

    /** Sends nothing more; pending requests can still end. */
    void quiet() {
        quiet = true;
        if (tcp == null) {
            connect();
        }
    }

    @Nullable
    String complaint() {
        if (tcp != null && tcp.isSilent()) {
            ended(); // it does not check whether its server is alive
        }
        if (tcp == null) {
            return null;
        }
        if (order.unanswered() > 0) {
            return name + " has " + order.unanswered() + " questions without an answer";
        }
        return unacknowledged.isEmpty() ? null : name + " waits for " + unacknowledged.keySet();
    }

    private void connect() {
        if (connecting || tcp != null) {
            return;
        }
        connecting = true;
        cluster.connect(this, Wire.FULL, List.of(), new Cluster.Handshake() {
            @Override
            public void opened(Tcp opened) {
                connecting = false;
                tcp = opened;
                opened.readAsClient();
            }

            @Override
            public void refused(int status, int retryAfterSeconds) {
                connecting = false;
            }

            @Override
            public void failed() {
                connecting = false;
            }
        });
    }

    private void say(String text) {
        order.ask(text);
        if (tcp != null) {
            tcp.send(text);
        }
    }

    private void subscribe(String topic) {
        Interest interest = interest(topic);
        // Only if the meaning is certain: a gap without a request looks like an answer to a resume.
        boolean resumes = !interest.lastAskIsSubscribe && interest.asked.isEmpty() && random.nextBoolean();
        subscribe(topic, resumes ? interest.resumeBehind : null);
    }

    private void subscribe(String topic, @Nullable Position after) {
        Interest interest = interest(topic);
        Ledger.Listener listener = ledger.listener(name + "#" + random.nextInt(1_000_000), topic);
        if (after != null) {
            world.cover("improviser resumes");
            listener.resumes(after);
        } else if (random.nextInt(4) == 0) {
            world.cover("improviser asks for the last messages");
            listener.asksForLast(List.of(1, 20, 100_000).get(random.nextInt(3)));
        }
        interest.asked.add(listener);
        interest.lastAskIsSubscribe = true;
        String last = listener.lastAsked() == 0 ? "" : ",\"last\":" + listener.lastAsked();
        say("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\""
                + (after == null ? last : ",\"after\":\"" + after.text() + "\"") + "}");
    }

    private void unsubscribe(String topic) {
        interest(topic).lastAskIsSubscribe = false;
        say("{\"type\":\"unsubscribe\",\"topic\":\"" + topic + "\"}");
    }

    private void publish(String topic) {
        if (unacknowledged.size() >= MOST_UNACKNOWLEDGED) {
            return;
        }
        published++;
        String id = name + "-" + published;
        String body = "\"" + id + "\"";
        Interest interest = interest(topic);
        Ledger.Listener own = null;
        if (interest.lastAskIsSubscribe) {
            own = interest.asked.isEmpty() ? interest.active : interest.asked.getLast();
        }
        boolean kept = random.nextInt(6) != 0;
        unacknowledged.put(id, new Publish(topic, body, own, kept));
        say("{\"topic\":\"" + topic + "\",\"message\":" + body + ",\"id\":\"" + id + "\""
                + (kept ? "" : ",\"keep\":false") + "}");
    }

    private Interest interest(String topic) {
        return interests.computeIfAbsent(topic, key -> new Interest());
    }

    @Override
    public boolean reads() {
        return tcp != null;
    }

    @Override
    public void text(String text) {
        String topic = AnswerOrder.first(TOPIC, text);
        String answered = order.answer(text);
        if (topic == null) {
            return;
        }
        Interest interest = interest(topic);
        if (text.startsWith("{\"type\":\"message\"")) {
            message(interest, text);
        } else if (text.startsWith("{\"type\":\"subscribed\"")) {
            subscribed(interest, answered != null, text);
        } else if (text.startsWith("{\"type\":\"unsubscribed\"")) {
            unsubscribed(interest, text);
        } else if (text.startsWith("{\"type\":\"ack\"")) {
            acknowledged(text);
        } else if (text.startsWith("{\"type\":\"error\"")) {
            error(interest, answered, text);
        }
    }

    private void message(Interest interest, String text) {
        if (interest.active == null) {
            world.violate(name + " gets what it is not subscribed to: " + text);
            return;
        }
        String body = String.valueOf(AnswerOrder.first(BODY, text));
        if (hasPosition(text)) {
            interest.active.message(position(text), body);
            interest.resumeBehind = interest.active.last();
        } else {
            world.cover("message that is not kept");
            interest.active.passed(body);
        }
    }

    private void subscribed(Interest interest, boolean isAnswer, String text) {
        boolean recovered = text.contains("\"recovered\":true");
        if (isAnswer) {
            if (interest.active != null) {
                interest.active.ends();
            }
            interest.active = interest.asked.remove();
            if (recovered) {
                interest.active.begins(position(text));
                if (interest.active.lastAsked() > 0) {
                    interest.active.beginsAtLatest(
                            cluster.redis().beforeLast(interest.active.topic(), interest.active.lastAsked()));
                }
            } else {
                interest.active.lost(position(text));
            }
        } else if (interest.active != null) {
            world.cover("gap told to an improviser");
            String topic = interest.active.topic();
            Position before = interest.active.last();
            interest.active.lost(position(text));
            if (random.nextBoolean()) {
                // This comes before the next message: the position to resume from is then that of the gap.
                unsubscribe(topic);
                if (interest.asked.isEmpty() && random.nextBoolean()) {
                    world.cover("improviser resumes from before a gap");
                    subscribe(topic, before);
                }
            }
        } else {
            world.violate(name + " is told a gap of what it is not subscribed to: " + text);
        }
        interest.resumeBehind = position(text);
    }

    private void unsubscribed(Interest interest, String text) {
        if (interest.active == null) {
            world.violate(name + " leaves what it is not subscribed to: " + text);
            return;
        }
        Position last = position(text);
        if (!last.equals(interest.active.last())) {
            world.violate(name + " is told another last position than it has, " + interest.active.last() + ": " + text);
        }
        interest.active.ends();
        interest.active = null;
        interest.resumeBehind = last;
    }

    private void acknowledged(String text) {
        Publish publish = unacknowledged.remove(String.valueOf(AnswerOrder.first(ID, text)));
        if (publish == null) {
            world.violate(name + " is told of an id that it does not wait for: " + text);
            return;
        }
        if (hasPosition(text) != publish.kept) {
            world.violate(name + " is told " + text + " of " + publish);
        }
        if (!publish.kept) {
            return;
        }
        Position position = position(text);
        ledger.acknowledged(publish.topic, position, publish.body);
        Ledger.Listener own = publish.own;
        if (own != null) {
            own.own(position);
        }
    }

    private void error(Interest interest, @Nullable String answered, String text) {
        String id = AnswerOrder.first(ID, text);
        if (id != null) {
            world.cover("publish refused");
            // It is unknown whether it was published: it can still come.
            unacknowledged.remove(id);
        } else if (answered != null && answered.startsWith("subscribe")) {
            interest.asked.remove().ends();
        } else if (interest.active != null) {
            world.violate(name + " cannot leave what it is subscribed to: " + text);
        }
    }

    private static boolean hasPosition(String text) {
        return AnswerOrder.first(POSITION, text) != null;
    }

    private static Position position(String text) {
        String position = String.valueOf(AnswerOrder.first(POSITION, text));
        return Position.parse(position).orElseThrow(() -> new AssertionError("no position in " + text));
    }

    @Override
    public void alive() {}

    @Override
    public void closed(int code) {
        world.cover("closed with " + code);
        ended();
    }

    @Override
    public void reset() {
        ended();
    }

    private void ended() {
        tcp = null;
        connecting = false;
        order = new AnswerOrder(world, name);
        unacknowledged.clear();
        interests.values().forEach(interest -> {
            if (interest.active != null) {
                interest.active.ends();
            }
            interest.asked.forEach(Ledger.Listener::ends);
            interest.asked.clear();
            interest.active = null;
            interest.lastAskIsSubscribe = false;
        });
        if (!quiet) {
            world.in(random.nextLong(1_000_000_000), "", this::connect);
        }
    }
}
