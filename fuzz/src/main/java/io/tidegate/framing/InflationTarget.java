package io.tidegate.framing;

import io.tidegate.fuzz.Promise;
import io.tidegate.protocol.PayloadCompression;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;

/**
 * A compressed message. The first byte says how large it can become. The output never exceeds that limit, a higher limit changes
 * nothing else, and our own compressed messages are inflated to the same message.
 */
public final class InflationTarget {
    private static final Inflation INFLATION = new Inflation();
    private static final Deflation DEFLATION = new Deflation();

    private InflationTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] payload = Arrays.copyOfRange(input, 1, input.length);
        int most = (input[0] & 0xFF) * 16;
        Optional<byte[]> small = inflated(payload, most);
        Optional<byte[]> large = inflated(payload, 1 << 16);
        small.ifPresent(bytes -> {
            Promise.that(bytes.length <= most, () -> bytes.length + " bytes, " + most + " are allowed");
            Promise.that(
                    large.isPresent() && Arrays.equals(bytes, large.get()),
                    () -> "with a higher limit it is another message");
        });
        Promise.that(
                small.isPresent() || large.isEmpty() || large.get().length > most,
                () -> "refused, though it has only " + large.orElseThrow().length + " bytes");
        thereAndBack(payload);
    }

    /** Empty if the message would be larger than the limit, or is not compressed. */
    private static Optional<byte[]> inflated(byte[] payload, int most) {
        try {
            return Optional.ofNullable(INFLATION.inflate(payload, payload.length, most));
        } catch (DataFormatException e) {
            return Optional.empty();
        }
    }

    private static void thereAndBack(byte[] payload) {
        byte[] out = new byte[payload.length + PayloadCompression.SLACK];
        int length = DEFLATION.compress(payload, 0, payload.length, out, 0);
        if (length != PayloadCompression.NOT_SMALLER) {
            byte[] compressed = Arrays.copyOf(out, length);
            Promise.that(
                    inflated(compressed, payload.length)
                            .filter(back -> Arrays.equals(back, payload))
                            .isPresent(),
                    () -> "what was compressed does not come back");
        }
    }
}
