package io.tidegate.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The reports of all clients during a run: what was published, what was acknowledged, and what the applications received,
 * in order. Any thread may write. What all observers have received is judged and forgotten during the run (see {@link
 * Checkpoint}). The {@link Checker} judges the rest when the run has ended.
 */
public final class Journal {
    private static final int CUT_AT_LEAST = 1_024;

    private final int cutAtLeast;
    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final boolean takesRefusals;
    private final AtomicLong events = new AtomicLong();
    private final LongAdder published = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder gaps = new LongAdder();

    public Journal() {
        this(CUT_AT_LEAST, false);
    }

    /** @param cutAtLeast how many entries a topic gets before the next search for entries to forget */
    Journal(int cutAtLeast) {
        this(cutAtLeast, false);
    }

    private Journal(int cutAtLeast, boolean takesRefusals) {
        this.cutAtLeast = cutAtLeast;
        this.takesRefusals = takesRefusals;
    }

    /** A journal of clients that report every {@link #refused} publish, for {@link Checker#check} with every order. */
    public static Journal withRefusals() {
        return new Journal(CUT_AT_LEAST, true);
    }

    /** Whether clients report refused publishes. A client must look at every frame to do so. */
    public boolean takesRefusals() {
        return takesRefusals;
    }

    /** One client's view of one topic. */
    public static final class Observer {
        /** In the sequence of received messages: the client was told that messages are missing here. */
        static final long GAP = -1;

        /** For {@link #since}: the observer may have begun at any time. */
        private static final long UNKNOWN = Long.MAX_VALUE;

        /** For {@link #since}: everything that is left came after the observer began. */
        static final long ALWAYS = -1;

        final String name;
        /** Whether the observer must receive everything up to the end of the run, not only up to its last message. */
        final boolean toEnd;

        final Longs received = new Longs();
        /** The observer must receive what was handed over after this event, even before its first message. */
        long since;

        boolean ended;
        /** The observer cannot receive what was handed over after this event. */
        long until = Long.MAX_VALUE;

        /** Whether a gap was reported to the observer, in the present or in the forgotten part. */
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

        /** The application has received this message. Calls are in the order of reception. */
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
                // A forgotten message before the observer's first one is no error: the observer began where all others
                // had been already.
                if (begun) {
                    topic.cameAgain(name, payload);
                }
                return;
            }
            begun = true;
            received.add(payload.packed());
            topic.grew();
        }

        /** The application was told that messages are missing. */
        public void gap() {
            synchronized (topic) {
                hadGap = true;
                received.add(GAP);
                topic.grew();
            }
            journal.gaps.increment();
        }

        /** The observer is subscribed: what is published from now on must come to it. */
        public void listens() {
            synchronized (topic) {
                since = Math.min(since, journal.events.getAndIncrement());
            }
        }

        /** The observer has left, or its connection has ended: it receives nothing more. */
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
     * @param complete whether the client listened before the first publish, and so must receive everything; otherwise it
     *     must receive everything from its first message to its last
     */
    public Observer observe(String client, String topic, boolean complete) {
        Observer observer = add(client, topic, complete);
        if (complete) {
            observer.since = Observer.ALWAYS;
        }
        return observer;
    }

    /**
     * A client begins to listen while others publish. It must receive everything from its first message, or from {@link
     * Observer#listens}, to the end of the run, or to its own {@link Observer#end}.
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

    /** A message is about to be handed to the client. */
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

    /** The same on a wire without positions: the publisher has received its own message. */
    public void acknowledged(String topic, Payload payload) {
        Topic at = topic(topic);
        synchronized (at) {
            at.acknowledge(payload, events.getAndIncrement());
        }
        acknowledged.increment();
    }

    /**
     * The server has answered by {@code relay-unavailable}, and the client sends the message again, perhaps behind later
     * ones.
     */
    public void refused(String topic, Payload payload) {
        Topic at = topic(topic);
        synchronized (at) {
            Published publish = at.published.get(payload.packed());
            if (publish != null && !publish.isAcknowledged()) {
                publish.refused = true;
            }
        }
    }

    /** The result of this publish will never be known. */
    public void abandoned(String topic, Payload payload) {
        Topic at = topic(topic);
        synchronized (at) {
            Published publish = at.published.get(payload.packed());
            if (publish != null) {
                publish.abandoned = true;
            }
        }
    }

    /** How many listening observers have not received the last message of their topic, which this publisher publishes. */
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

    /** Publishes that were never acknowledged, at most this many, for a human. */
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

    /** The number of publishes and deliveries that are not judged yet, and so are in memory. */
    public long kept() {
        return topics().stream().mapToLong(Topic::kept).sum();
    }

    /** The number of defects found so far. */
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
