package io.tidegate.check;

/**
 * A broken promise.
 *
 * @param what the observation, for a human
 */
public record Defect(Kind kind, String topic, String what) {

    /** The kinds of defects. */
    public enum Kind {
        /** An acknowledged message that an observer has not received, and for which no gap was reported to it. */
        LOST,
        /** A message that an observer received twice, or that has two positions. */
        DUPLICATED,
        /**
         * Two clients disagree about the order or about a position, or a publisher's later message came before an earlier
         * one.
         */
        REORDERED,
        /** A received message that was never published on this topic. */
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
