package io.tidegate.framing;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The bytes of a connection. The first byte says how the rest is cut, and whether messages can be compressed. The result is the
 * same for any cuts, and consists only of {@link Inbound} values.
 */
public final class FrameReaderTarget {
    private static final int MOST = 1_000;
    private static final int COMPRESSION = 0x80;
    private static final Set<CloseCode> CODES =
            EnumSet.of(CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_UTF8, CloseCode.TOO_LARGE);

    private static final Inflation INFLATION = new Inflation();

    private FrameReaderTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        boolean compression = (input[0] & COMPRESSION) != 0;
        int piece = 1 + (input[0] & ~COMPRESSION & 0xFF);
        Promise.same(read(bytes, bytes.length + 1, compression), read(bytes, piece, compression));
    }

    private static List<String> read(byte[] bytes, int piece, boolean compression) {
        int[] at = {0};
        ByteSource source = () -> {
            if (at[0] == bytes.length) {
                return null;
            }
            int from = at[0];
            at[0] = Math.min(bytes.length, from + piece);
            return Arrays.copyOfRange(bytes, from, at[0]);
        };
        FrameReader reader = new FrameReader(source, MOST, compression ? INFLATION : null);
        List<String> all = new ArrayList<>();
        while (true) {
            Inbound inbound = reader.next();
            all.add(describe(inbound));
            // A frame has at least six bytes.
            Promise.that(all.size() <= bytes.length / 6 + 1, () -> "more comes out than has arrived: " + all);
            if (inbound instanceof Inbound.Close
                    || inbound instanceof Inbound.Violation
                    || inbound instanceof Inbound.End) {
                Promise.that(reader.next() == inbound, () -> "the end is not the end");
                return all;
            }
        }
    }

    private static String describe(Inbound inbound) {
        return switch (inbound) {
            case Inbound.Data data -> {
                byte[] payload = data.message().payload();
                Opcode opcode = data.message().opcode();
                Promise.that(payload.length <= MOST, () -> payload.length + " bytes");
                Promise.that(opcode == Opcode.BINARY || Texts.isUtf8(payload), () -> "a text that is no UTF-8");
                yield opcode + " " + hex(payload);
            }
            case Inbound.Ping ping -> "ping " + control(ping.payload());
            case Inbound.Pong pong -> "pong " + control(pong.payload());
            case Inbound.Close close -> "close " + close.code() + " " + close.reason();
            case Inbound.Violation violation -> {
                Promise.that(CODES.contains(violation.code()), () -> "code " + violation.code());
                Promise.that(violation.reason().length() <= 123, violation::reason);
                // Without the flag that a close frame was seen, which can depend on the cuts.
                yield violation.code() + " " + violation.reason();
            }
            case Inbound.End end -> end.toString();
        };
    }

    private static String control(byte[] payload) {
        Promise.that(payload.length <= 125, () -> payload.length + " bytes in a control frame");
        return hex(payload);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
