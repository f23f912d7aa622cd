package io.tidegate.framing;

import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** How a connection reads compressed messages (RFC 7692, section 7.2.2). */
@FunctionalInterface
public interface Decompression {

    /**
     * Inflates one message.
     *
     * @param payload of the message, its fragments joined
     * @param length how many bytes of the array belong to the payload
     * @param most the largest number of inflated bytes
     * @return null where the message is larger when inflated
     * @throws DataFormatException where these bytes are no DEFLATE stream
     */
    byte @Nullable [] inflate(byte[] payload, int length, int most) throws DataFormatException;
}
