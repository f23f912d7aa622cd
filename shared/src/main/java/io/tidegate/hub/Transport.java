package io.tidegate.hub;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The seam to a runtime's socket. One write at a time is under way. */
public interface Transport {

    /**
     * Writes what the socket takes of these bytes at once, and waits for nothing. Only the write loop calls it.
     *
     * @param bytes whole WebSocket frames
     * @return how many bytes it has taken: fewer than all where the peer does not keep up, where the connection is gone, and
     *     where this socket cannot be asked. {@link #writeRest} shows which
     */
    int writeNow(byte[] bytes);

    /**
     * Writes these bytes from an index on, for as long as the peer takes to read them, and returns at once.
     *
     * @param done called once, from whatever thread: with null when all is written, or with the reason where the connection is
     *     gone or was aborted meanwhile
     */
    void writeRest(byte[] bytes, int from, Consumer<@Nullable Exception> done);

    /** Bytes that {@link #writeRest} has got rid of so far: who reads, however slowly, makes it grow. Any thread. */
    long restTaken();

    /** Ends the TCP connection now, from any thread; a write or read that waits fails at once. Harmless when repeated. */
    void abort();
}
