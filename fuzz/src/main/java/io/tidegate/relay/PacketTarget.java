package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.fuzz.Promise;
import io.tidegate.fuzz.Texts;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Data that any process can publish to a channel in Redis: a packet, an envelope or a change of a presence as nodes write it, or
 * it is refused.
 */
public final class PacketTarget {
    private PacketTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Envelope.decode(input).ifPresent(envelope -> {
            isGood(envelope.message());
            Promise.that(Arrays.equals(input, envelope.encode()), () -> "an envelope that no node writes like this");
        });
        Optional<Packet> packet = Packet.decode(input);
        packet.ifPresent(read -> {
            read.envelopes().forEach(envelope -> isGood(envelope.message()));
            Promise.that(Arrays.equals(input, encoded(read)), () -> "a packet that no node writes like this");
        });
        Optional<PresenceChange> change = PresenceChange.decode(input);
        change.ifPresent(read -> {
            Promise.same(change, PresenceChange.decode(read.encode()));
            read.users()
                    .forEach(present -> Promise.that(
                            present.user().stream().allMatch(UTF_8.newEncoder()::canEncode),
                            () -> "a name that is no text"));
        });
        Promise.that(packet.isEmpty() || change.isEmpty(), () -> "both a packet and a change of a presence");
    }

    private static void isGood(Message message) {
        Promise.that(
                message.opcode() == Opcode.BINARY || Texts.isUtf8(message.payload()), () -> "a text that is no UTF-8");
    }

    private static byte[] encoded(Packet packet) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Position first = packet.first();
        if (packet.isKept()) {
            bytes.writeBytes((first.epoch() + " " + first.offset()).getBytes(US_ASCII));
        }
        bytes.write('\n');
        for (Envelope envelope : packet.envelopes()) {
            byte[] encoded = envelope.encode();
            bytes.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).array());
            bytes.writeBytes(encoded);
        }
        return bytes.toByteArray();
    }
}
