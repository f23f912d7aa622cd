package io.tidegate.relay;

import java.util.concurrent.atomic.LongAdder;

/** What a relay has done since the start. Read from any thread; a relay counts, metrics read. */
public final class RelayCounters {
    private final LongAdder published = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder errors = new LongAdder();

    /** Messages that the relay has taken. */
    public long published() {
        return published.sum();
    }

    /** Messages handed to the {@link Relay.Receiver}. */
    public long received() {
        return received.sum();
    }

    /** Publishes that failed, and arrivals that were no message. */
    public long errors() {
        return errors.sum();
    }

    void addPublished(long count) {
        published.add(count);
    }

    void addReceived(long count) {
        received.add(count);
    }

    void addErrors(long count) {
        errors.add(count);
    }
}
