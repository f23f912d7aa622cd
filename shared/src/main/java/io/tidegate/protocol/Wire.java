package io.tidegate.protocol;

import java.util.List;

/**
 * The language that a connection speaks: how its messages are read and written. Chosen at the handshake, from the path and the
 * subprotocol. What the server says of its own accord is {@link ServerFrame} in JSON on every wire.
 *
 * <p>Implementations hold no state and may be called from any thread.
 */
public sealed interface Wire permits BroadcastWire, PlainWire, FullWire {

    /** {@code /}: what arrives is passed on byte for byte. */
    Wire BROADCAST = new BroadcastWire();

    /** {@code /chat} with no subprotocol: {@code {"user":…,"message":…}}. */
    Wire PLAIN = new PlainWire();

    /** {@code /chat} with the subprotocol {@code tidegate.v1}: frames of a type, topics, positions. */
    Wire FULL = new FullWire();

    /**
     * Reads one message.
     *
     * @param message as it came from the client
     * @param timestamp the server's clock, in milliseconds since the epoch
     * @param author whose a message is that it publishes
     */
    ClientFrame decode(Message message, long timestamp, Author author);

    /**
     * Writes messages of a topic, which were decoded by any wire of the same path.
     *
     * @param first the position of the first; the others follow one by one
     */
    FrameBatch encode(Topic topic, Position first, List<Message> messages);

    /** Whether its clients know positions: they can resume, and be told of what is missing. */
    boolean resumes();
}
