package io.tidegate.tracing;

/**
 * Receives spans. It never gets a message, token or user; of a message it gets only the topic.
 *
 * <p>Any thread; no method here waits or throws. A trace is named by the unchecked text of the header {@code traceparent}
 * (W3C Trace Context). An invalid text begins a new trace.
 */
public interface Tracing extends AutoCloseable {
    /** The tracing of a node without tracing. */
    Tracing OFF = new Tracing() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public Span begin(Step step, String traceparent, String topic) {
            return Span.NONE;
        }

        @Override
        public void add(Step step, String traceparent, String topic, long beganNanos, long endedNanos) {}

        @Override
        public void close() {}
    };

    /** Whether spans are recorded. */
    boolean isOn();

    /**
     * Begins a span now.
     *
     * @param traceparent of the parent; empty for none
     * @param topic empty for none
     */
    Span begin(Step step, String traceparent, String topic);

    /**
     * Adds a span that is over.
     *
     * @param beganNanos by the clock of {@link System#nanoTime}
     * @param endedNanos by the same clock
     */
    void add(Step step, String traceparent, String topic, long beganNanos, long endedNanos);

    /** Sends what is left, for at most a few seconds. */
    @Override
    void close();

    /** A piece of work in a trace. */
    interface Span {
        /** A span that is not recorded. */
        Span NONE = new Span() {
            @Override
            public String traceparent() {
                return "";
            }

            @Override
            public boolean isSampled() {
                return false;
            }

            @Override
            public void end(String failure) {}
        };

        /** The parent for spans that are part of this one. */
        String traceparent();

        /** Whether the span is sent. */
        boolean isSampled();

        /**
         * The work is over. To be called once.
         *
         * @param failure a few words that name no person; empty for success
         */
        void end(String failure);
    }
}
