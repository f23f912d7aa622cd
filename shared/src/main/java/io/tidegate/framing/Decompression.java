package io.tidegate.framing;

import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** How a connection reads messages that come compressed (RFC 7692, section 7.2.2). */
@FunctionalInterface
public interface Decompression {

    /**
     * Inflates one message.
     *
     * @param payload of the message, its fragments joined
     * @param length bytes of it that count
     * @param most bytes that may come out
     * @return null where it would be more
     * @throws DataFormatException where these bytes are no DEFLATE stream
     */
    byte @Nullable [] inflate(byte[] payload, int length, int most) throws DataFormatException;
}
