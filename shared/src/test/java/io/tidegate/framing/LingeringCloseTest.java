package io.tidegate.framing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ClientFrames;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LingeringCloseTest {

    @Test
    void aCloseFrameIsFoundAtTheEndOfWhatArrived() {
        assertTrue(LingeringClose.endsWithClose(ClientFrames.close()));
        assertTrue(LingeringClose.endsWithClose(ClientFrames.close(1002, "")));
        assertTrue(LingeringClose.endsWithClose(ClientFrames.close(1002, "r".repeat(123))));
        assertTrue(LingeringClose.endsWithClose(
                ClientFrames.join(new byte[9_000], ClientFrames.close(1009, "too large"))));
    }

    @Test
    void otherBytesAreNoClose() {
        assertFalse(LingeringClose.endsWithClose(new byte[0]));
        assertFalse(LingeringClose.endsWithClose(new byte[] {(byte) 0x88}));
        assertFalse(LingeringClose.endsWithClose(new byte[8_192]));
        assertFalse(LingeringClose.endsWithClose(
                ClientFrames.join(ClientFrames.close(1002, ""), ClientFrames.text("more"))));
    }

    @Test
    void itReadsUpToTheCloseAndNoFurther() {
        Queue<byte[]> chunks = new ArrayDeque<>(
                List.of(new byte[100], ClientFrames.text("x"), ClientFrames.close(1002, ""), new byte[1]));
        LingeringClose.discard(chunks::poll);
        assertEquals(1, chunks.size());
        LingeringClose.discard(chunks::poll);
        assertEquals(0, chunks.size());
    }
}
