package io.tidegate.framing;

import static io.tidegate.testing.ClientFrames.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ClientFrames;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Random frames and random garbage, RFC 6455 section 5")
class RandomFramesTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("5.4, 5.5: any valid sequence reads back equal, however it is chopped")
    void validSequencesReadBackEqual(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            Conversation conversation = new Conversation(random);
            for (int most : new int[] {1, 3, 20, 1500, 100_000}) {
                List<String> read = Reading.all(Chunks.atRandom(conversation.bytes(), most, random));
                assertEquals(conversation.expected, read, "seed " + seed + ", " + i + ", pieces up to " + most);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    @Timeout(60)
    @DisplayName("10.4: one changed byte in a valid sequence never throws, loops or takes memory")
    void changedBytesDoNoHarm(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = new Conversation(random).bytes();
            for (int k = 0; k < 20; k++) {
                byte[] changed = bytes.clone();
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                assertHarmless(changed, random);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    @Timeout(60)
    @DisplayName("10.4: random bytes never throw, loop or take memory")
    void garbageDoesNoHarm(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            // Half of it passes the first two checks, or little would be reached behind them.
            if (garbage.length > 1 && random.nextBoolean()) {
                garbage[0] &= (byte) 0x8F;
                garbage[1] |= (byte) 0x80;
            }
            assertHarmless(garbage, random);
        }
    }

    private static void assertHarmless(byte[] bytes, Random random) {
        int maxMessage = 1000;
        Chunks chunks = Chunks.atRandom(bytes, 1 + random.nextInt(300), random);
        FrameReader reader = new FrameReader(chunks, maxMessage);
        // Every frame takes six bytes at least, so there cannot be more of them.
        for (int i = 0; i <= bytes.length / 6; i++) {
            long before = Allocation.ofThisThread();
            Inbound inbound = reader.next();
            long taken = Allocation.ofThisThread() - before;
            // Most of what is granted is for classes that are loaded at their first use.
            assertTrue(taken < 3 * maxMessage + 64 * 1024, taken + " bytes for one inbound");
            switch (inbound) {
                case Inbound.Data data -> assertTrue(data.message().payload().length <= maxMessage);
                case Inbound.Ping ping -> assertTrue(ping.payload().length <= 125);
                case Inbound.Pong pong -> assertTrue(pong.payload().length <= 125);
                case Inbound.Close close -> {
                    return;
                }
                case Inbound.Violation violation -> {
                    return;
                }
                case Inbound.End end -> {
                    return;
                }
            }
        }
        fail("more frames than the bytes can hold");
    }

    /** Messages, whole and fragmented, with control frames anywhere between, and what a reader must make of them. */
    private static final class Conversation {
        private final Random random;
        private final List<String> expected = new ArrayList<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Conversation(Random random) {
            this.random = random;
            int messages = 1 + random.nextInt(12);
            for (int i = 0; i < messages; i++) {
                message();
            }
            if (random.nextBoolean()) {
                int code = 3000 + random.nextInt(2000);
                bytes.writeBytes(ClientFrames.close(code, "bye"));
                expected.add("close " + code + " bye");
            } else {
                expected.add("end");
            }
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        private void message() {
            Opcode opcode = random.nextBoolean() ? Opcode.TEXT : Opcode.BINARY;
            byte[] payload = opcode == Opcode.TEXT ? someText() : someBytes(someLength());
            int from = 0;
            Opcode next = opcode;
            while (random.nextInt(3) == 0) {
                int to = from + random.nextInt(payload.length - from + 1);
                bytes.writeBytes(frame(next, Arrays.copyOfRange(payload, from, to))
                        .key(random.nextInt())
                        .unfinished()
                        .bytes());
                next = Opcode.CONTINUATION;
                from = to;
                control();
            }
            bytes.writeBytes(frame(next, Arrays.copyOfRange(payload, from, payload.length))
                    .key(random.nextInt())
                    .bytes());
            expected.add(Reading.data(opcode, payload));
            control();
        }

        private void control() {
            while (random.nextInt(3) == 0) {
                boolean ping = random.nextBoolean();
                byte[] payload = someBytes(random.nextInt(126));
                bytes.writeBytes(frame(ping ? Opcode.PING : Opcode.PONG, payload)
                        .key(random.nextInt())
                        .bytes());
                expected.add(ping ? Reading.ping(payload) : Reading.pong(payload));
            }
        }

        private int someLength() {
            int[] limits = {2, 10, 126, 130, 1000, 70_000};
            return random.nextInt(limits[random.nextInt(limits.length)]);
        }

        private byte[] someBytes(int length) {
            byte[] some = new byte[length];
            random.nextBytes(some);
            return some;
        }

        private byte[] someText() {
            String[] words = {"a", "hello ", "é", "日本", "👋", "0123456789"};
            StringBuilder text = new StringBuilder();
            int count = someLength() / 4;
            for (int i = 0; i < count; i++) {
                text.append(words[random.nextInt(words.length)]);
            }
            return text.toString().getBytes(UTF_8);
        }
    }
}
