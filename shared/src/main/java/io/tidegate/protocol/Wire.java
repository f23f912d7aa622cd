package io.tidegate.protocol;

/**
 * The language that a connection speaks: how its messages are read. Chosen at the handshake, from the path and the
 * subprotocol. What the server says of its own accord is {@link ServerFrame} in JSON on every wire.
 *
 * <p>Implementations hold no state and may be called from any thread.
 */
public sealed interface Wire permits BroadcastWire, PlainWire {

    /** {@code /}: what arrives is passed on byte for byte. */
    Wire BROADCAST = new BroadcastWire();

    /** {@code /chat} with no subprotocol: {@code {"user":…,"message":…}}. */
    Wire PLAIN = new PlainWire();

    /**
     * Reads one message.
     *
     * @param message as it came from the client
     * @param timestamp the server's clock, in milliseconds since the epoch
     */
    ClientFrame decode(Message message, long timestamp);
}
