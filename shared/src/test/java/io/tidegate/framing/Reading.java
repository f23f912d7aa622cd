package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ClientFrames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What a reader makes of bytes, and how to expect it. */
final class Reading {
    static final int MAX_MESSAGE = 1 << 17;

    private Reading() {}

    /** Everything up to and with the end, a close frame or a violation, as text that can be compared. */
    static List<String> all(ByteSource source) {
        FrameReader reader = new FrameReader(source, MAX_MESSAGE);
        List<String> all = new ArrayList<>();
        boolean more = true;
        while (more) {
            Inbound inbound = reader.next();
            all.add(show(inbound));
            more = switch (inbound) {
                case Inbound.Data data -> true;
                case Inbound.Ping ping -> true;
                case Inbound.Pong pong -> true;
                case Inbound.Close close -> false;
                case Inbound.Violation violation -> false;
                case Inbound.End end -> false;
            };
        }
        return all;
    }

    /** Everything in these frames, whether they arrive at once or byte by byte. */
    static List<String> all(byte[]... frames) {
        byte[] bytes = ClientFrames.join(frames);
        List<String> atOnce = all(Chunks.of(bytes));
        assertEquals(atOnce, all(Chunks.inPieces(bytes, 1)), "byte by byte and at once");
        return atOnce;
    }

    static String show(Inbound inbound) {
        return switch (inbound) {
            case Inbound.Data data ->
                data(data.message().opcode(), data.message().payload());
            case Inbound.Ping ping -> ping(ping.payload());
            case Inbound.Pong pong -> pong(pong.payload());
            case Inbound.Close close -> "close " + close.code() + " " + close.reason();
            case Inbound.Violation violation -> "violation " + violation.code();
            case Inbound.End end -> "end";
        };
    }

    static String text(String text) {
        return data(Opcode.TEXT, text.getBytes(UTF_8));
    }

    static String data(Opcode opcode, byte[] payload) {
        return opcode + " " + digest(payload);
    }

    static String ping(byte[] payload) {
        return "ping " + digest(payload);
    }

    static String pong(byte[] payload) {
        return "pong " + digest(payload);
    }

    private static String digest(byte[] payload) {
        return payload.length <= 125
                ? HexFormat.of().formatHex(payload)
                : payload.length + " bytes, hash " + Arrays.hashCode(payload);
    }

    /** The last of these bytes, and none before it, makes the reader fail the connection with this code. */
    static void assertFailsAtLastByte(CloseCode code, byte[] bytes) {
        byte[] allButOne = Arrays.copyOf(bytes, bytes.length - 1);
        List<String> before = all(Chunks.inPieces(allButOne, 1));
        assertEquals("end", before.getLast(), "it failed too early");
        // The source fails the test where the reader asks for more than these bytes.
        FrameReader reader = new FrameReader(Chunks.oneByOneThenSilence(bytes), MAX_MESSAGE);
        Inbound inbound = reader.next();
        for (int i = 1; i < before.size(); i++) {
            inbound = reader.next();
        }
        Inbound.Violation violation = assertInstanceOf(Inbound.Violation.class, inbound);
        assertEquals(code, violation.code(), violation.reason());
    }
}
