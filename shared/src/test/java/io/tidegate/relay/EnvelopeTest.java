package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    @Test
    void isOneByteOfOpcodeEightOfTimeAndThePayload() {
        byte[] bytes = new Envelope(new Message(Opcode.BINARY, new byte[] {7, -1}), 0x0102030405060708L).encode();
        assertArrayEquals(new byte[] {2, 1, 2, 3, 4, 5, 6, 7, 8, 7, -1}, bytes);
        Envelope decoded = Envelope.decode(bytes).orElseThrow();
        assertEquals(Opcode.BINARY, decoded.message().opcode());
        assertEquals(0x0102030405060708L, decoded.sentMicros());
        assertArrayEquals(new byte[] {7, -1}, decoded.message().payload());
    }

    @Test
    void whatHasAnotherShapeIsNone() {
        assertTrue(Envelope.decode(new byte[0]).isEmpty());
        assertTrue(Envelope.decode(new byte[8]).isEmpty());
        for (int opcode : new int[] {0, 3, 8, 9, 10, 0x11, 0x81, 0xFF}) {
            byte[] bytes = new byte[12];
            bytes[0] = (byte) opcode;
            assertTrue(Envelope.decode(bytes).isEmpty(), "opcode " + opcode);
        }
    }

    /** Clients would close their connections over it. */
    @Test
    void aTextThatIsNoUtf8IsNone() {
        Envelope text = new Envelope(new Message(Opcode.TEXT, "Grüße, 😀".getBytes(UTF_8)), 7);
        assertTrue(Envelope.decode(text.encode()).isPresent());
        for (String wrong : List.of("ff", "c3", "61c3", "eda080", "f8888080", "c080")) {
            byte[] payload = HexFormat.of().parseHex(wrong);
            assertTrue(
                    Envelope.decode(new Envelope(new Message(Opcode.TEXT, payload), 7).encode())
                            .isEmpty(),
                    wrong);
            assertTrue(
                    Envelope.decode(new Envelope(new Message(Opcode.BINARY, payload), 7).encode())
                            .isPresent(),
                    wrong);
        }
    }

    @Test
    void microsecondsFollowTheClockAndItsBeingSet() {
        ManualClock clock = new ManualClock();
        EpochMicros time = new EpochMicros(clock);
        long start = clock.epochMillis() * 1_000;
        assertEquals(start, time.now());
        clock.advance(Duration.ofNanos(1_234_567));
        assertEquals(start + 1_234, time.now());
        clock.setEpochMillis(clock.epochMillis() + 60_000);
        assertEquals(clock.epochMillis() * 1_000, time.now());
    }
}
