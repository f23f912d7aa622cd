package io.tidegate.rehearsal.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What everybody reports while a run lasts: what was published, what was acknowledged, what the application got and in
 * which order. Any thread may write. What everybody has got is judged and forgotten as the run goes on (see {@link Checkpoint});
 * the {@link Checker} judges the rest once all have ended.
 */
public final class Journal {
    private static final int CUT_AT_LEAST = 1_024;

    private final int cutAtLeast;
    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final AtomicLong events = new AtomicLong();
    private final LongAdder published = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder gaps = new LongAdder();

    public Journal() {
        this(CUT_AT_LEAST);
    }

    /** @param cutAtLeast so many entries of a topic come before a look at what can be forgotten */
    Journal(int cutAtLeast) {
        this.cutAtLeast = cutAtLeast;
    }

    /** One client's view of one topic. */
    public static final class Observer {
        /** In the sequence of what was received: the client was told that something is missing here. */
        static final long GAP = -1;

        /** As {@link #since}: it may have come at any time. */
        private static final long UNKNOWN = Long.MAX_VALUE;

        /** As {@link #since}: whatever is left is behind where it began. */
        static final long ALWAYS = -1;

        final String name;
        /** To get everything that is published until the end of the run, rather than until its last message. */
        final boolean toEnd;

        final Longs received = new Longs();
        /** What was handed over after this event it is to get, even if it was before its first message. */
        long since;

        boolean ended;
        /** What was handed over after this event it cannot get. */
        long until = Long.MAX_VALUE;

        /** It was told of a gap, now or in what is forgotten. */
        boolean hadGap;

        private boolean begun;
        private int lastPublisher = -1;
        private final Journal journal;
        private final Topic topic;

        private Observer(Journal journal, Topic topic, String name, boolean toEnd) {
            this.journal = journal;
            this.topic = topic;
            this.name = name;
            this.toEnd = toEnd;
            this.since = UNKNOWN;
        }

        /** The application was given this message; calls are in its order. */
        public void received(String position, Payload payload) {
            synchronized (topic) {
                topic.place(name, position, payload.packed());
                take(payload);
            }
            journal.received.increment();
        }

        /** The same on a wire without positions. */
        public void received(Payload payload) {
            synchronized (topic) {
                take(payload);
            }
            journal.received.increment();
        }

        private void take(Payload payload) {
            lastPublisher = payload.publisher();
            if (topic.hasForgotten(payload)) {
                // Before its first message: it began where all others had been already.
                if (begun) {
                    topic.cameAgain(name, payload);
                }
                return;
            }
            begun = true;
            received.add(payload.packed());
            topic.grew();
        }

        /** The application was told that something is missing. */
        public void gap() {
            synchronized (topic) {
                hadGap = true;
                received.add(GAP);
                topic.grew();
            }
            journal.gaps.increment();
        }

        /** It is subscribed: what is published from now on comes to it. */
        public void listens() {
            synchronized (topic) {
                since = Math.min(since, journal.events.getAndIncrement());
            }
        }

        /** It has left, or its connection has ended: nothing more is to come. */
        public void end() {
            synchronized (topic) {
                ended = true;
                until = Math.min(until, journal.events.getAndIncrement());
            }
        }

        boolean isBehind(int publisher) {
            return !ended && lastPublisher != publisher;
        }
    }

    /**
     * A client listens to a topic.
     *
     * @param complete it listened before the first publish, and is to get everything; otherwise everything from its first
     *     message to its last
     */
    public Observer observe(String client, String topic, boolean complete) {
        Observer observer = add(client, topic, complete);
        if (complete) {
            observer.since = Observer.ALWAYS;
        }
        return observer;
    }

    /**
     * A client comes to a topic while others publish there: it is to get everything from its first message, or from
     * {@link Observer#listens}, to the end of the run, or to its own {@link Observer#end}.
     */
    public Observer join(String client, String topic) {
        return add(client, topic, true);
    }

    private Observer add(String client, String topic, boolean toEnd) {
        Topic at = topic(topic);
        Observer observer = new Observer(this, at, client, toEnd);
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
            at.grew();
        }
        published.increment();
    }

    public void acknowledged(String topic, Payload payload, String position) {
        Topic at = topic(topic);
        synchronized (at) {
            at.place("its publisher", position, payload.packed());
            at.acknowledge(payload, events.getAndIncrement());
        }
        acknowledged.increment();
    }

    /** The same on a wire without positions: its publisher has got it itself. */
    public void acknowledged(String topic, Payload payload) {
        Topic at = topic(topic);
        synchronized (at) {
            at.acknowledge(payload, events.getAndIncrement());
        }
        acknowledged.increment();
    }

    /** Nobody will ever know whether it was published. */
    public void abandoned(String topic, Payload payload) {
        Topic at = topic(topic);
        synchronized (at) {
            Published publish = at.published.get(payload.packed());
            if (publish != null) {
                publish.abandoned = true;
            }
        }
    }

    /** How many of those who listen have not got the last message of their topic, which is this publisher's. */
    public int behind(int publisher) {
        int behind = 0;
        for (Topic topic : topics()) {
            synchronized (topic) {
                behind += (int) topic.observers.stream()
                        .filter(observer -> observer.isBehind(publisher))
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

    /** How many publishes and deliveries are not judged yet, and so are in memory. */
    public long kept() {
        return topics().stream().mapToLong(Topic::kept).sum();
    }

    /** How many defects have been found so far. */
    public long defects() {
        return topics().stream().mapToLong(Topic::defects).sum();
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
            return topics.computeIfAbsent(name, unknown -> new Topic(unknown, cutAtLeast));
        }
    }
}
