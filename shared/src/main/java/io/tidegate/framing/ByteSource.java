package io.tidegate.framing;

import org.jspecify.annotations.Nullable;

/** The bytes of one connection, as they arrive. */
@FunctionalInterface
public interface ByteSource {

    /**
     * The next bytes, however many have arrived; blocks until there are some. They are read, not changed, and not looked
     * at again after the next call: a source may hand out the same array twice.
     *
     * @return null at the end of the stream, also where the connection was reset or the socket closed on this side
     */
    byte @Nullable [] next();
}
