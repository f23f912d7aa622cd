package io.tidegate.client;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A listener on a topic. One topic may have several listeners: the server is asked once, and each listener gets
 * everything that comes while it listens. Any thread may call it.
 */
public interface Subscription extends AutoCloseable {

    String topic();

    /**
     * The last position for which the listener's call has returned. If it is stored, another client can continue with it
     * as {@code after}. Empty until the server has said where delivery begins.
     */
    Optional<String> position();

    State state();

    /**
     * Completes with this subscription when the server has said where delivery begins. Fails with {@link
     * RefusedException} where the server refuses the subscription, with {@link ClientClosedException} where the client is
     * closed before, and with {@link java.util.concurrent.CancellationException} where this subscription is closed
     * before. Dependents run like listeners.
     */
    CompletionStage<Subscription> ready();

    /**
     * The users in the topic, over the whole fleet, this client's user included. It is one live map, which is updated as
     * the {@link PresenceListener} is called. It is empty before the first list, and where the topic was subscribed
     * without presence. While the connection is lost it does not change.
     */
    Map<Optional<String>, Present> users();

    /** Ends the subscription. At most the listener's call that runs at this moment is finished. */
    @Override
    void close();

    /** The state of a subscription between {@code subscribe} and {@link #close}. */
    enum State {
        /** The server has not said yet where delivery begins. */
        PENDING,
        /** Delivery has begun. This does not change while a connection is lost: see {@link TidegateClient#state()}. */
        SUBSCRIBED,
        /** The server has refused the subscription. Final. */
        REFUSED,
        /** Ended by {@link #close}, or with its client. Final. */
        CLOSED
    }
}
