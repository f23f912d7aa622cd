package io.tidegate.helidon;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.tidegate.hub.Connection;
import io.tidegate.protocol.Message;

/**
 * What a runtime puts between a socket and the hub: the way of a connection's own life and messages. Control frames, and
 * all writing, are no concern of it. The thread that reads the socket makes every call.
 */
public interface Endpoint {

    /** Makes the endpoint of each connection. */
    @FunctionalInterface
    interface Factory {
        /**
         * An endpoint for an admitted connection, whose handshake is not answered yet.
         *
         * @throws RuntimeException where there is none: the handshake is refused with 500
         */
        Endpoint create(Connection connection, HttpPrologue prologue, Headers headers);
    }

    /** The handshake's answer is on the socket; must lead to {@link Connection#opened}. */
    void opened();

    /**
     * A data message has come; must lead to {@link Connection#receive}.
     *
     * @throws RuntimeException where it failed; the connection is closed with 1011
     */
    void receive(Message message) throws InterruptedException;

    /**
     * Nothing more will come. Called once, whatever happened, if {@link #opened} was called.
     *
     * @param code of the close frame that came, or was sent because of what came; 1006 where there was none
     */
    void ended(int code);

    /** Nothing in between. */
    static Endpoint direct(Connection connection) {
        return new Endpoint() {
            @Override
            public void opened() {
                connection.opened();
            }

            @Override
            public void receive(Message message) throws InterruptedException {
                connection.receive(message);
            }

            @Override
            public void ended(int code) {}
        };
    }
}
