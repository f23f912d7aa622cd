package io.tidegate.protocol;

/** Compresses the payload of one message (RFC 7692, section 7.2.1). */
@FunctionalInterface
public interface PayloadCompression {
    /** The result for a payload that is better sent uncompressed. */
    int NOT_SMALLER = -1;

    /** Bytes of room that the output must have in addition to the size of the uncompressed payload. */
    int SLACK = 4;

    /**
     * Compresses a payload.
     *
     * @param out written from an index on, in less than {@code length} plus {@link #SLACK} bytes
     * @return the compressed size in bytes, or {@link #NOT_SMALLER}
     */
    int compress(byte[] in, int from, int length, byte[] out, int to);
}
