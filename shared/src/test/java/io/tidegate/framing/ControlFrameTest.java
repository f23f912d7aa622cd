package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.close;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.ping;
import static io.tidegate.testing.ClientFrames.pong;
import static io.tidegate.testing.ClientFrames.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Control frames, RFC 6455 section 5.5")
class ControlFrameTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 9, 124, 125})
    @DisplayName("5.5.2, 5.5.3: pings and pongs keep their payload, up to 125 bytes of anything")
    void pingsAndPongsKeepTheirPayload(int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 0xFE);
        assertEquals(
                List.of(Reading.ping(payload), Reading.pong(payload), "end"),
                Reading.all(
                        frame(Opcode.PING, payload).bytes(),
                        frame(Opcode.PONG, payload).bytes()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Opcode.class,
            names = {"CLOSE", "PING", "PONG"})
    @DisplayName("5.5: a control frame over 125 bytes is refused at its second byte")
    void controlFrameOver125BytesIsRefused(Opcode opcode) {
        for (int length : new int[] {126, 65_535, 65_536}) {
            byte[] header = frame(opcode, new byte[length]).header();
            Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Opcode.class,
            names = {"CLOSE", "PING", "PONG"})
    @DisplayName("5.5: a fragmented control frame is refused at its first byte")
    void fragmentedControlFrameIsRefused(Opcode opcode) {
        byte[] header = frame(opcode, new byte[0]).unfinished().header();
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, Arrays.copyOf(header, 1));
    }

    @Test
    @DisplayName("5.5: control frames keep their place among messages")
    void controlFramesKeepTheirPlace() {
        assertEquals(
                List.of(
                        Reading.text("a"),
                        Reading.ping("1".getBytes(UTF_8)),
                        Reading.text("b"),
                        Reading.pong("2".getBytes(UTF_8)),
                        Reading.ping("3".getBytes(UTF_8)),
                        "close 1000 "),
                Reading.all(text("a"), ping("1"), text("b"), pong("2"), ping("3"), close(1000, "")));
    }
}
