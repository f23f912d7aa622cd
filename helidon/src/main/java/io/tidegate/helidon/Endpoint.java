package io.tidegate.helidon;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.tidegate.hub.Connection;
import io.tidegate.protocol.Message;

/**
 * What a runtime puts between a socket and the hub: it passes on the begin, the messages and the end of a connection.
 * Control frames and all writes bypass it. The thread that reads the socket makes every call.
 */
public interface Endpoint {

    /** Makes the endpoint of each connection. */
    @FunctionalInterface
    interface Factory {
        /**
         * An endpoint for an admitted connection, before its handshake is answered.
         *
         * @throws RuntimeException where there is no endpoint: the handshake is refused with 500
         */
        Endpoint create(Connection connection, HttpPrologue prologue, Headers headers);
    }

    /** The handshake's answer is on the socket. Must lead to {@link Connection#opened}. */
    void opened();

    /**
     * A data message has come. Must lead to {@link Connection#receive}.
     *
     * @throws RuntimeException where the message could not be handled; the connection is closed with 1011
     */
    void receive(Message message) throws InterruptedException;

    /**
     * Nothing more will come. Called once, in every case, if {@link #opened} was called.
     *
     * @param code of the close frame that came, or that was sent because of what came; 1006 where there was none
     */
    void ended(int code);

    /** An endpoint that passes everything directly to the connection. */
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
