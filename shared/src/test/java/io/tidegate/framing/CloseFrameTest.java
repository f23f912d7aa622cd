package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.close;
import static io.tidegate.testing.ClientFrames.frame;
import static io.tidegate.testing.ClientFrames.hex;
import static io.tidegate.testing.ClientFrames.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Close frames, RFC 6455 sections 5.5.1 and 7.4")
class CloseFrameTest {

    @Test
    @DisplayName("7.1.5: a close frame without a body stands for 1005")
    void noBodyStandsFor1005() {
        assertEquals(List.of("close 1005 "), Reading.all(close()));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    @DisplayName("7.4: codes of the protocol, of libraries and of applications are taken")
    void codesThatMayBeSentAreTaken(int code) {
        assertEquals(List.of("close " + code + " "), Reading.all(close(code, "")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 5001, 32_768, 65_535})
    @DisplayName("7.4: codes that may not be sent are refused")
    void codesThatMayNotBeSentAreRefused(int code) {
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, close(code, ""));
        Reading.assertFailsAtLastByte(CloseCode.PROTOCOL_ERROR, close(code, "with a reason"));
    }

    @Test
    @DisplayName("5.5.1: a body of one byte is refused")
    void bodyOfOneByteIsRefused() {
        Reading.assertFailsAtLastByte(
                CloseCode.PROTOCOL_ERROR, frame(Opcode.CLOSE, new byte[1]).bytes());
    }

    @Test
    @DisplayName("5.5.1: the reason is read, up to 123 bytes")
    void reasonIsRead() {
        String longest = "日".repeat(41);
        assertEquals(List.of("close 1000 " + longest), Reading.all(close(1000, longest)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "c3", "41 ed a0 80", "f0 9f 91"})
    @DisplayName("8.1: a reason that is not UTF-8 is refused")
    void reasonThatIsNotUtf8IsRefused(String reason) {
        Reading.assertFailsAtLastByte(CloseCode.INVALID_UTF8, close(1000, hex(reason)));
    }

    @Test
    @DisplayName("5.5.1: what follows a close frame is not read")
    void whatFollowsIsNotRead() {
        Chunks chunks = Chunks.of(close(1000, "bye"), text("late"));
        FrameReader reader = new FrameReader(chunks, Reading.MAX_MESSAGE);
        Inbound close = reader.next();
        assertEquals("close 1000 bye", Reading.show(close));
        assertSame(close, reader.next());
        assertEquals(1, chunks.given());
    }
}
