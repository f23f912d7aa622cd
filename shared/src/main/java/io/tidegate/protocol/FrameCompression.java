package io.tidegate.protocol;

/** The compression of frames for one peer. Any thread. */
@FunctionalInterface
public interface FrameCompression {

    /** The batch in the form that this peer gets. */
    FrameBatch of(FrameBatch plain);
}
