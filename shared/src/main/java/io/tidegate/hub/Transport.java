package io.tidegate.hub;

import java.io.IOException;

/** The seam to a runtime's socket. */
public interface Transport {

    /**
     * Writes all of these bytes, which are whole WebSocket frames. Blocks for as long as the peer does not read. One
     * thread at a time calls it.
     *
     * @throws IOException where the connection is gone, or was aborted meanwhile
     */
    void write(byte[] bytes) throws IOException;

    /** Ends the TCP connection now, from any thread; a blocked write or read fails at once. Harmless when repeated. */
    void abort();
}
