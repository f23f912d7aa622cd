package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.fragments;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.join;
import static io.tidegate.testing.ClientFrames.ping;
import static io.tidegate.testing.ClientFrames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Too large a message, RFC 6455 sections 7.4.1 and 10.4")
class MessageSizeTest {
    private static final int MAX = Reading.MAX_MESSAGE;

    @Test
    @DisplayName("10.4: the largest message is taken, whole and in fragments, and then another")
    void largestMessageIsTaken() {
        byte[] payload = new byte[MAX];
        String data = Reading.data(Opcode.BINARY, payload);
        assertEquals(
                List.of(data, data, data, "end"),
                Reading.all(
                        frame(Opcode.BINARY, payload).bytes(),
                        join(fragments(Opcode.BINARY, payload, 1, MAX / 2, MAX)),
                        frame(Opcode.BINARY, payload).bytes()));
    }

    @ParameterizedTest
    @ValueSource(longs = {MAX + 1L, 1L << 31, (1L << 32) + 5, 1L << 40, Long.MAX_VALUE})
    @DisplayName("7.4.1: a larger one fails with 1009 at the last byte of the length")
    void largerMessageFailsAtItsLength(long length) {
        byte[] header = frame(Opcode.BINARY, new byte[0]).announcing(length).header();
        Reading.assertFailsAtLastByte(CloseCode.TOO_LARGE, Arrays.copyOf(header, 10));
    }

    @Test
    @DisplayName("10.4: fragments are summed, and the header of the one that is too much fails")
    void fragmentsAreSummed() {
        byte[] started = fragments(Opcode.BINARY, new byte[MAX], MAX - 100)[0];
        byte[] rest = frame(Opcode.CONTINUATION, new byte[101]).header();
        byte[] huge = frame(Opcode.CONTINUATION, new byte[0])
                .announcing(Long.MAX_VALUE)
                .header();
        Reading.assertFailsAtLastByte(CloseCode.TOO_LARGE, join(started, ping(""), Arrays.copyOf(rest, 2)));
        Reading.assertFailsAtLastByte(CloseCode.TOO_LARGE, join(started, Arrays.copyOf(huge, 10)));
    }

    @Test
    @DisplayName("10.4: control frames do not count")
    void controlFramesDoNotCount() {
        FrameReader reader = new FrameReader(Chunks.of(ping("four"), text("abc"), text("abcd")), 3);
        assertInstanceOf(Inbound.Ping.class, reader.next());
        assertInstanceOf(Inbound.Data.class, reader.next());
        assertEquals("violation TOO_LARGE", Reading.show(reader.next()));
    }
}
