package io.tidegate.hub;

import java.io.IOException;

/** The seam to a runtime's socket. One thread at a time writes. */
public interface Transport {

    /**
     * Writes what the socket takes of these bytes at once, and waits for nothing. Only the write loop calls it.
     *
     * @param bytes whole WebSocket frames
     * @return how many bytes it has taken: fewer than all where the peer does not keep up, where the connection is gone, and
     *     where this socket cannot be asked. {@link #write} of the rest shows which
     */
    int writeNow(byte[] bytes);

    /**
     * Writes these bytes from an index on. Blocks for as long as the peer does not read.
     *
     * @throws IOException where the connection is gone, or was aborted meanwhile
     */
    void write(byte[] bytes, int from) throws IOException;

    /** Ends the TCP connection now, from any thread; a blocked write or read fails at once. Harmless when repeated. */
    void abort();
}
