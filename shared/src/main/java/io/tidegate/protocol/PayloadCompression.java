package io.tidegate.protocol;

/** Compresses the payload of one message (RFC 7692, section 7.2.1). */
@FunctionalInterface
public interface PayloadCompression {
    /** What compressing returns where the message had better be sent as it is. */
    int NOT_SMALLER = -1;

    /** Bytes behind the place of the uncompressed payload that must be there, too. */
    int SLACK = 4;

    /**
     * Compresses.
     *
     * @param out written from an index on, in less than {@code length} and {@link #SLACK} bytes
     * @return how many bytes it takes compressed, or {@link #NOT_SMALLER}
     */
    int compress(byte[] in, int from, int length, byte[] out, int to);
}
