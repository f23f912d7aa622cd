package io.tidegate.framing;

import org.jspecify.annotations.Nullable;

/** The bytes of one connection, as they arrive. */
@FunctionalInterface
public interface ByteSource {

    /**
     * The next bytes, as many as have arrived; blocks until there are some. The reader does not change them, and does not
     * look at them after the next call, so a source may return the same array twice.
     *
     * @return null at the end of the stream, also where the connection was reset or the socket closed on this side
     */
    byte @Nullable [] next();
}
