package io.tidegate.client;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A listener on a topic. Several may listen to one topic: the server is asked once, and each is told of everything that comes
 * while it listens. Any thread may call it.
 */
public interface Subscription extends AutoCloseable {

    String topic();

    /**
     * The last position whose call of the listener has returned: kept somewhere, it is the {@code after} with which another
     * client goes on. Empty until the server has said where delivery begins.
     */
    Optional<String> position();

    State state();

    /**
     * Done with this subscription once the server has said where delivery begins. Fails with {@link RefusedException} where
     * the server refuses it, with {@link ClientClosedException} where the client is closed before, and with
     * {@link java.util.concurrent.CancellationException} where this is. What hangs on it runs as a listener does.
     */
    CompletionStage<Subscription> ready();

    /**
     * Who is in the topic, over the whole fleet, this client too, by user: one map that is kept up to date, as the
     * {@link PresenceListener} is told. Empty before its first list, and where the topic was subscribed without one; while the
     * connection is lost it stays as it was.
     */
    Map<Optional<String>, Present> users();

    /** Ends it. At most the call of the listener that runs at this moment is finished. */
    @Override
    void close();

    /** Where a subscription is between {@code subscribe} and {@link #close}. */
    enum State {
        /** The server has not said yet where delivery begins. */
        PENDING,
        /** It has. While a connection is lost it stays so: see {@link TidegateClient#state()}. */
        SUBSCRIBED,
        /** The server will not have it. Final. */
        REFUSED,
        /** Ended by {@link #close}, or with its client. Final. */
        CLOSED
    }
}
