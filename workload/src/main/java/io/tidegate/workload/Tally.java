package io.tidegate.workload;

import io.tidegate.check.Journal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The counts of all virtual users together. Any thread. */
final class Tally {
    private static final int COMPLAINTS = 1_000;
    private static final int ENDINGS = 10;

    final AtomicInteger live = new AtomicInteger();
    final AtomicInteger pending = new AtomicInteger();
    final AtomicInteger handovers = new AtomicInteger();
    final Timeline reconnects = new Timeline();
    final Timing delivery = new Timing();
    final Timing acknowledgement = new Timing();
    final Timing connect = new Timing();
    final Timing outage = new Timing();
    final TokenTally tokens = new TokenTally();
    /** What {@link VirtualUsers#LAST} publishes when the load is over. It is not part of the load's figures. */
    final LongAdder lastPublished = new LongAdder();

    final LongAdder lastAcknowledged = new LongAdder();
    private final LongAdder lastReceived = new LongAdder();
    private final Map<Integer, LongAdder> closes = new ConcurrentHashMap<>();
    private final Queue<String> endings = new ConcurrentLinkedQueue<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    void received(Stamp stamp, long now) {
        if (stamp.payload().publisher() == VirtualUsers.LAST) {
            lastReceived.increment();
        } else {
            delivery.record(now - stamp.due());
        }
    }

    /** The messages that the load has published and received so far. */
    Snapshot.Messages messages(Journal journal) {
        return new Snapshot.Messages(
                journal.published() - lastPublished.sum(),
                journal.acknowledged() - lastAcknowledged.sum(),
                journal.received() - lastReceived.sum(),
                journal.gaps());
    }

    void closed(int code) {
        closes.computeIfAbsent(code, unknown -> new LongAdder()).increment();
    }

    /** A user has lost its connection for another reason than a restart. */
    void ended(String user, String reason) {
        if (endings.size() < ENDINGS) {
            endings.add(user + " at " + Instant.now() + ": " + reason);
        }
    }

    /** The first lost connections, with the time. */
    List<String> endings() {
        return List.copyOf(endings);
    }

    Map<Integer, Long> closes() {
        return closes.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, close -> close.getValue().sum()));
    }

    void complain(String what) {
        if (complaints.size() < COMPLAINTS) {
            complaints.add(what);
        }
    }

    Collection<String> complaints() {
        return complaints.stream().distinct().limit(10).toList();
    }

    Latencies latencies() {
        return new Latencies(delivery.total(), acknowledgement.total(), connect.total(), outage.total());
    }

    Latencies sinceLast() {
        return new Latencies(delivery.interval(), acknowledgement.interval(), connect.interval(), outage.interval());
    }
}
