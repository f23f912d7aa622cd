package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.tidegate.testing.ClientFrames;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Bytes that nobody has thought of; {@code -Djqwik.tries.default=1000000} tries more of them. */
class FramingFuzzTest {

    /** Nothing depends on where the network cuts, and nothing but what an {@link Inbound} says comes out. */
    @Property
    void bytesMeanTheSameHoweverTheyArrive(
            @ForAll("streams") byte[] bytes, @ForAll @IntRange(min = 1, max = 40) int pieces) {
        List<String> atOnce = Reading.all(Chunks.of(bytes));
        assertEquals(atOnce, Reading.all(Chunks.inPieces(bytes, pieces)));
    }

    /** The JDK's decoder says what UTF-8 is, also where a text comes in two parts. */
    @Property
    void utf8IsWhatTheJdkSaysItIs(@ForAll @Size(max = 12) byte[] bytes, @ForAll @IntRange(max = 12) int cut) {
        int middle = Math.min(cut, bytes.length);
        int state = Utf8.check(Utf8.WHOLE, bytes, 0, middle);
        if (state != Utf8.INVALID) {
            state = Utf8.check(state, bytes, middle, bytes.length);
        }
        assertEquals(isUtf8(bytes), state == Utf8.WHOLE);
    }

    @Property
    void aHandshakeIsAcceptedOrRefused(
            @ForAll("words") String method,
            @ForAll("words") String version,
            @ForAll @Size(max = 3) List<@net.jqwik.api.From("words") String> values) {
        assertNotNull(Handshake.of(method, version, name -> values, true));
        assertNotNull(Handshake.of("GET", "1.1", name -> name.equals("Host") ? List.of("a") : values, true));
        assertNotNull(Handshake.subprotocols(values));
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Good frames in a row, of which some bytes are wrong. */
    @Provide
    Arbitrary<byte[]> streams() {
        return Arbitraries.longs().map(seed -> {
            Random random = new Random(seed);
            byte[][] frames = new byte[1 + random.nextInt(6)][];
            for (int i = 0; i < frames.length; i++) {
                byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(8)];
                random.nextBytes(payload);
                ClientFrames.Frame frame = ClientFrames.frame(random.nextInt(16), payload);
                frames[i] = (random.nextBoolean() ? frame : frame.unfinished()).bytes();
            }
            byte[] all = ClientFrames.join(frames);
            for (int i = random.nextInt(3); i > 0; i--) {
                all[random.nextInt(all.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return all;
        });
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.oneOf(
                Arbitraries.of("GET", "1.1", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZQ==", "a, b", ",", ""),
                Arbitraries.strings().ofMaxLength(30));
    }
}
