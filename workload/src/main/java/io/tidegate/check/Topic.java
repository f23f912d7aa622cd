package io.tidegate.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The events of one topic that are not forgotten. Every access holds its monitor. */
final class Topic {
    final String name;
    final Map<Long, Published> published = new LinkedHashMap<>();
    final Map<String, Long> payloadAt = new HashMap<>();
    final List<Journal.Observer> observers = new ArrayList<>();
    /** Defects that were found during the run, and in the forgotten part. */
    final List<Defect> defects = new ArrayList<>();

    final PublisherOrder order = new PublisherOrder();
    private final Forgotten forgotten = new Forgotten();
    private final int cutAtLeast;
    private int grown;
    private long cutAt;

    /** @param cutAtLeast how many entries come before the next search for entries to forget */
    Topic(String name, int cutAtLeast) {
        this.name = name;
        this.cutAtLeast = cutAtLeast;
        this.cutAt = cutAtLeast;
    }

    /**
     * Checks that every mention of a position names the same message, and every mention of a message the same position.
     */
    void place(String who, String position, long payload) {
        Published publish = published.get(payload);
        if (publish != null && position.equals(publish.position)) {
            return;
        }
        Long known = payloadAt.putIfAbsent(position, payload);
        if (known != null ? known != payload : publish != null && forgotten.has(position)) {
            String message = known != null ? Payload.unpacked(known).toString() : "another one of long ago";
            found(
                    Defect.Kind.REORDERED,
                    "position " + position + " is " + message + ", but at " + who + " " + Payload.unpacked(payload));
        } else if (publish != null && publish.position == null) {
            publish.position = position;
        } else if (publish != null) {
            found(
                    Defect.Kind.DUPLICATED,
                    Payload.unpacked(payload) + " is at " + publish.position + " and at " + position);
        }
    }

    void acknowledge(Payload payload, long event) {
        Published publish = published.get(payload.packed());
        if (publish != null) {
            publish.acknowledgedAt = event;
        }
    }

    void found(Defect.Kind kind, String what) {
        defects.add(new Defect(kind, name, what));
    }

    /** A forgotten message comes to an observer that had it, or that was thought to have lost it. */
    void cameAgain(String who, Payload payload) {
        if (defects.remove(Defect.lost(name, payload, who))) {
            found(Defect.Kind.REORDERED, who + " got " + payload + " behind later ones");
        } else {
            found(Defect.Kind.DUPLICATED, who + " got " + payload + " twice");
        }
    }

    boolean hasForgotten(Payload payload) {
        return forgotten.has(payload);
    }

    /** Whether the result of a publish is known, now or since long ago. */
    boolean isSettled(long payload) {
        Published publish = published.get(payload);
        return publish != null ? publish.isSettled() : hasForgotten(Payload.unpacked(payload));
    }

    /** Forgets a message that is judged and that all observers have. */
    void forget(long payload) {
        forgotten.add(Payload.unpacked(payload));
        Published publish = published.remove(payload);
        if (publish != null && publish.position != null) {
            payloadAt.remove(publish.position);
            forgotten.add(publish.position);
        }
    }

    /** Counts one more entry. Sometimes forgets what can be forgotten; more rarely where little can be. */
    void grew() {
        if (++grown >= cutAt) {
            new Checkpoint(this).tryToMake();
            grown = 0;
            cutAt = Math.max(cutAtLeast, kept() / 2);
        }
    }

    synchronized long kept() {
        return published.size()
                + observers.stream()
                        .mapToLong(observer -> observer.received.size())
                        .sum();
    }

    synchronized long defects() {
        return defects.size();
    }
}
