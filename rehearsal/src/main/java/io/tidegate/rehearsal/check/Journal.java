package io.tidegate.rehearsal.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What everybody reports while a rehearsal runs: what was published, what was acknowledged, what the application got and
 * in which order. Any thread may write; the {@link Checker} reads once all have ended.
 */
public final class Journal {
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final AtomicLong events = new AtomicLong();
    private final LongAdder published = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder gaps = new LongAdder();

    /** All that happened on one topic. */
    static final class Topic {
        final String name;
        final Map<Long, Published> published = new LinkedHashMap<>();

        final Map<String, Long> payloadAt = new LinkedHashMap<>();
        final List<Observer> observers = new ArrayList<>();
        /** Defects that show while they happen. */
        final List<Defect> contradictions = new ArrayList<>();

        Topic(String name) {
            this.name = name;
        }

        /** Every mention of a position says the same. */
        void place(String who, String position, long payload) {
            Long known = payloadAt.putIfAbsent(position, payload);
            if (known != null && known != payload) {
                contradictions.add(new Defect(
                        Defect.Kind.REORDERED,
                        name,
                        "position " + position + " is " + Payload.unpacked(known) + ", but at " + who + " "
                                + Payload.unpacked(payload)));
            }
        }
    }

    /** One publish, and when it happened, counted in events of the whole journal. */
    static final class Published {
        final long handedOverAt;
        long acknowledgedAt = NEVER;

        Published(long handedOverAt) {
            this.handedOverAt = handedOverAt;
        }

        boolean isAcknowledged() {
            return acknowledgedAt != NEVER;
        }
    }

    /** One client's view of one topic. */
    public static final class Observer {
        /** In the sequence of what was received: the client was told that something is missing here. */
        static final long GAP = -1;

        final String name;
        final boolean complete;
        final Longs received = new Longs();
        private final Journal journal;
        private final Topic topic;

        private Observer(Journal journal, Topic topic, String name, boolean complete) {
            this.journal = journal;
            this.topic = topic;
            this.name = name;
            this.complete = complete;
        }

        /** The application was given this message; calls are in its order. */
        public void received(String position, Payload payload) {
            synchronized (topic) {
                topic.place(name, position, payload.packed());
            }
            received(payload);
        }

        /** The same on a wire without positions. */
        public void received(Payload payload) {
            synchronized (topic) {
                received.add(payload.packed());
            }
            journal.received.increment();
        }

        /** The application was told that something is missing. */
        public void gap() {
            synchronized (topic) {
                received.add(GAP);
            }
            journal.gaps.increment();
        }

        private boolean hasFrom(int publisher) {
            return received.stream()
                    .anyMatch(payload ->
                            payload != GAP && Payload.unpacked(payload).publisher() == publisher);
        }
    }

    /**
     * A client listens to a topic.
     *
     * @param complete it listened before the first publish, and is to get everything
     */
    public Observer observe(String client, String topic, boolean complete) {
        Topic at = topic(topic);
        Observer observer = new Observer(this, at, client, complete);
        synchronized (at) {
            at.observers.add(observer);
        }
        return observer;
    }

    /** Before it is handed to the client. */
    public void publishing(String topic, Payload payload) {
        Topic at = topic(topic);
        synchronized (at) {
            at.published.put(payload.packed(), new Published(events.getAndIncrement()));
        }
        published.increment();
    }

    public void acknowledged(String topic, Payload payload, String position) {
        Topic at = topic(topic);
        synchronized (at) {
            at.place("its publisher", position, payload.packed());
            Optional.ofNullable(at.published.get(payload.packed()))
                    .ifPresent(publish -> publish.acknowledgedAt = events.getAndIncrement());
        }
        acknowledged.increment();
    }

    /** How many of those that are to get everything have got nothing of this publisher, who was the last on each topic. */
    public int behind(int publisher) {
        int behind = 0;
        for (Topic topic : topics()) {
            synchronized (topic) {
                behind += (int) topic.observers.stream()
                        .filter(observer -> observer.complete && !observer.hasFrom(publisher))
                        .count();
            }
        }
        return behind;
    }

    /** What was never acknowledged, up to so many, for a human. */
    public List<String> unacknowledged(int atMost) {
        List<String> open = new ArrayList<>();
        for (Topic topic : topics()) {
            synchronized (topic) {
                topic.published.forEach((payload, publish) -> {
                    if (!publish.isAcknowledged() && open.size() < atMost) {
                        open.add(Payload.unpacked(payload) + " on " + topic.name);
                    }
                });
            }
        }
        return open;
    }

    public long published() {
        return published.sum();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    public long received() {
        return received.sum();
    }

    public long gaps() {
        return gaps.sum();
    }

    List<Topic> topics() {
        synchronized (topics) {
            return List.copyOf(topics.values());
        }
    }

    private Topic topic(String name) {
        synchronized (topics) {
            return topics.computeIfAbsent(name, Topic::new);
        }
    }
}
