package io.tidegate.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.CloseConnectionException;
import java.io.UncheckedIOException;

/**
 * The writer of Helidon's responses. Without it a client that has left would be a server defect, as in {@link
 * RequestReader}.
 */
record ResponseWriter(DataWriter writer) implements DataWriter {

    @Override
    public void write(BufferData... buffers) {
        guarded(() -> writer.write(buffers));
    }

    @Override
    public void write(BufferData buffer) {
        guarded(() -> writer.write(buffer));
    }

    @Override
    public void writeNow(BufferData... buffers) {
        guarded(() -> writer.writeNow(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        guarded(() -> writer.writeNow(buffer));
    }

    @Override
    public void flush() {
        guarded(writer::flush);
    }

    private static void guarded(Runnable write) {
        try {
            write.run();
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("the client has left", e);
        }
    }
}
