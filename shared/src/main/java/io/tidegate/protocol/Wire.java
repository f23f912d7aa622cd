package io.tidegate.protocol;

import java.util.List;

/**
 * The format of a connection's messages: how they are read and written. The handshake chooses it by the path and the
 * subprotocol. On every wire, frames that are not messages are {@link ServerFrame}s in JSON.
 *
 * <p>Implementations have no state and may be called from any thread.
 */
public sealed interface Wire permits BroadcastWire, PlainWire, FullWire {

    /** {@code /}: messages are passed on byte for byte. */
    Wire BROADCAST = new BroadcastWire();

    /** {@code /chat} with no subprotocol: {@code {"user":…,"message":…}}. */
    Wire PLAIN = new PlainWire();

    /** {@code /chat} with the subprotocol {@code tidegate.v1}: frames with a type, topics, positions. */
    Wire FULL = new FullWire();

    /**
     * Reads one message.
     *
     * @param message as it came from the client
     * @param timestamp the server's clock, in milliseconds since the epoch
     * @param author the author of the message if it is a publish
     */
    ClientFrame decode(Message message, long timestamp, Author author);

    /**
     * Writes messages of a topic, which were decoded by any wire of the same path.
     *
     * @param first the position of the first message; the others follow one by one
     */
    FrameBatch encode(Topic topic, Position first, List<Message> messages);

    /** Whether clients on this wire know positions, so that they can resume and be told what is missing. */
    boolean resumes();
}
