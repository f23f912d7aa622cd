package io.tidegate.protocol;

/** How what is sent to one peer is compressed. Any thread. */
@FunctionalInterface
public interface FrameCompression {

    /** A batch as this peer is sent it. */
    FrameBatch of(FrameBatch plain);
}
