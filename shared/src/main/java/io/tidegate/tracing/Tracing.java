package io.tidegate.tracing;

/**
 * Where spans go. No message, token or user is ever given to it; of a message it knows the topic.
 *
 * <p>Any thread; nothing here waits or throws. A trace is named by the text of the header {@code traceparent} (W3C Trace
 * Context), as it came: what is none begins a trace of its own.
 */
public interface Tracing extends AutoCloseable {
    /** What a node has that traces nothing. */
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

    /** Whether anything comes of this. */
    boolean isOn();

    /**
     * Begins a span now.
     *
     * @param traceparent of what it is a part; empty: of nothing
     * @param topic empty: of none
     */
    Span begin(Step step, String traceparent, String topic);

    /**
     * A span of what is over.
     *
     * @param beganNanos by the clock of {@link System#nanoTime}
     * @param endedNanos by the same
     */
    void add(Step step, String traceparent, String topic, long beganNanos, long endedNanos);

    /** Sends what is left, for some seconds at most. */
    @Override
    void close();

    /** Something that takes time. */
    interface Span {
        /** One that nobody looks at. */
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

        /** For what is a part of it. */
        String traceparent();

        /** Whether it is sent. */
        boolean isSampled();

        /**
         * It is over. To be called once.
         *
         * @param failure in a few words that name no person; empty: it succeeded
         */
        void end(String failure);
    }
}
