package io.tidegate.hub;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The interface to a runtime's socket. One write at a time is under way. */
public interface Transport {

    /**
     * Writes as many of these bytes as the socket takes at once, and does not wait. Only the write loop calls it.
     *
     * @param bytes whole WebSocket frames
     * @return how many bytes the socket has taken. They are fewer than all where the peer does not keep up, where the
     *     connection is gone, and where this socket cannot write without waiting. {@link #writeRest} then shows the
     *     reason
     */
    int writeNow(byte[] bytes);

    /**
     * Writes these bytes from an index on, for as long as the peer takes to read them. The call returns at once.
     *
     * @param done called once, from any thread: with null when all is written, or with the reason where the connection is
     *     gone or was aborted meanwhile
     */
    void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done);

    /**
     * Bytes that {@link #writeRest} has written so far. The number grows while the peer reads, however slowly. Any
     * thread.
     */
    long restTaken();

    /**
     * Ends the TCP connection now, from any thread. A write or read that waits fails at once. A second call does nothing.
     */
    void abort();
}
