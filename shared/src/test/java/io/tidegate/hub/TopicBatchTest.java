package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertSame;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.TwoThreads;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicBatchTest {
    @Test
    void aLoopThatNeedsTheFramesWhileAnotherFramesThemGetsTheSame() throws Exception {
        for (Wire wire : List.of(Wire.PLAIN, Wire.FULL)) {
            TwoThreads loops = new TwoThreads();
            TopicBatch batch = new TopicBatch(new Topic("tea"), new Position("1", 1), held(loops));
            List<FrameBatch> frames = loops.both(() -> batch.frames(wire));
            assertSame(frames.getFirst(), frames.getLast());
        }
    }

    /** Two messages, where the framing of the first one is held. */
    private static List<Message> held(TwoThreads loops) {
        return new AbstractList<>() {
            @Override
            public Message get(int index) {
                loops.hold();
                return new Message(Opcode.TEXT, new byte[] {(byte) ('0' + index)});
            }

            @Override
            public int size() {
                return 2;
            }
        };
    }
}
