package io.tidegate.framing;

/**
 * The end of a failed connection. Its input is not valid any more, but must still be read: a socket that is closed while
 * bytes wait in it sends a reset, and the reset may overtake our close frame.
 */
public final class LingeringClose {
    private static final int CLOSE = 0x88;
    private static final int MASKED = 0x80;
    private static final int HEADER = 6;

    private LingeringClose() {}

    /** Reads and drops bytes until the peer's close frame or the end of TCP. The hub cuts TCP at the close timeout. */
    public static void discard(ByteSource source) {
        byte[] bytes = source.next();
        while (bytes != null && !endsWithClose(bytes)) {
            bytes = source.next();
        }
    }

    /**
     * Whether these bytes end like a close frame (RFC 6455, section 5.5.1), after which a client sends nothing more.
     * Bytes that only look like a close frame end the connection a little early, and a close frame that arrives in pieces
     * ends it late. Both are harmless.
     */
    static boolean endsWithClose(byte[] bytes) {
        for (int at = bytes.length - HEADER; at >= Math.max(0, bytes.length - HEADER - 125); at--) {
            int length = bytes.length - HEADER - at;
            if ((bytes[at] & 0xFF) == CLOSE && (bytes[at + 1] & 0xFF) == (MASKED | length)) {
                return true;
            }
        }
        return false;
    }
}
