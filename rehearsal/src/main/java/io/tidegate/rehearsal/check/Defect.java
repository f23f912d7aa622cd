package io.tidegate.rehearsal.check;

/**
 * A broken promise.
 *
 * @param what who saw what, for a human
 */
public record Defect(Kind kind, String topic, String what) {

    /** What was promised. */
    public enum Kind {
        /** Acknowledged, and not received by somebody who was told of no gap there. */
        LOST,
        /** Received twice by somebody, or kept at two positions. */
        DUPLICATED,
        /** Two clients disagree about the order or about a position, or a publisher's later message came before an earlier one. */
        REORDERED,
        /** Received, and never published on this topic. */
        FOREIGN
    }

    static Defect lost(String topic, Payload payload, String observer) {
        return new Defect(Kind.LOST, topic, payload + " never came to " + observer);
    }

    @Override
    public String toString() {
        return kind + " on " + topic + ": " + what;
    }
}
