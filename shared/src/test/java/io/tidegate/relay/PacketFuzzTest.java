package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tidegate.protocol.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** What anybody may publish to a channel in Redis; {@code -Djqwik.tries.default=1000000} tries more of it. */
class PacketFuzzTest {

    @Property
    void bytesAreAPacketOrNone(@ForAll("packets") byte[] bytes) {
        Packet.decode(bytes).ifPresent(packet -> {
            assertFalse(packet.envelopes().isEmpty());
            if (packet.isKept()) {
                assertArrayEquals(bytes, FakeLink.packet(packet.first(), packet.envelopes()));
            }
        });
    }

    @Property
    void bytesAreAnEnvelopeOrNone(@ForAll @Size(max = 40) byte[] bytes) {
        Envelope.decode(bytes).ifPresent(envelope -> assertArrayEquals(bytes, envelope.encode()));
    }

    /** Good ones, of which some bytes are wrong. */
    @Provide
    Arbitrary<byte[]> packets() {
        return Arbitraries.longs().map(seed -> {
            Random random = new Random(seed);
            List<Envelope> envelopes = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                envelopes.add(new Envelope(Inbox.text("text " + i), random.nextLong()));
            }
            byte[] bytes = FakeLink.packet(new Position("3k9x2", random.nextInt(100)), envelopes);
            for (int i = random.nextInt(3); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = random.nextBoolean()
                        ? (byte) random.nextInt()
                        : "0-\n ".getBytes(ISO_8859_1)[random.nextInt(4)];
            }
            return bytes;
        });
    }
}
