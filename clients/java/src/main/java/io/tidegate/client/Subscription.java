package io.tidegate.client;

import java.util.Optional;

/** What a client listens to. Any thread may call it. */
public interface Subscription extends AutoCloseable {

    String topic();

    /**
     * The last position whose call of the listener has returned: kept somewhere, it is the {@code after} with which another
     * client goes on. Empty until the server has said where delivery begins.
     */
    Optional<String> position();

    /** Ends it. At most the call of the listener that runs at this moment is finished. */
    @Override
    void close();
}
