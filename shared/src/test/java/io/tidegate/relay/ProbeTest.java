package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProbeTest {
    private final Probe probe = new Probe("p", new SplittableRandom(1), List.of(0));

    private byte[] next(long now) {
        return packet(probe.next(now).getFirst());
    }

    /** As it comes back. */
    private static byte[] packet(Link.Kept sent) {
        Envelope envelope =
                Envelope.decode(sent.entries().getFirst().envelope()).orElseThrow();
        return FakeLink.packet(new Position("e", 1), List.of(envelope));
    }

    @Test
    void publishingWaitsForAProbeThatIsFarBehind() {
        byte[] first = next(0);
        probe.arrived(first);
        probe.published(Probe.WINDOW_BYTES);
        assertTrue(probe.isDue(0), "so many bytes call for a probe before its time");
        assertFalse(probe.mustComeBack());
        byte[] second = next(0);
        assertFalse(probe.mustComeBack());
        probe.published(Probe.WINDOW_BYTES);
        assertTrue(probe.mustComeBack());
        probe.arrived(second);
        assertFalse(probe.mustComeBack());
    }

    @Test
    void aStrangersOrAnOldProbeDoesNotCount() {
        byte[] first = next(0);
        probe.arrived(first);
        assertTrue(probe.isBack());
        next(0);
        probe.arrived(first);
        probe.arrived(new byte[3]);
        assertFalse(probe.isBack());
        byte[] again = packet(probe.again().getFirst());
        probe.arrived(again);
        assertTrue(probe.isBack());
    }

    @Test
    void isMissingAfterItsTimeout() {
        byte[] sent = next(7);
        assertFalse(probe.isMissing(7 + Probe.TIMEOUT_NANOS));
        assertTrue(probe.isMissing(8 + Probe.TIMEOUT_NANOS));
        probe.arrived(sent);
        assertFalse(probe.isMissing(8 + Probe.TIMEOUT_NANOS));
    }

    @Test
    void eachHasAChannelOfItsOwn() {
        SplittableRandom random = new SplittableRandom(1);
        assertNotEquals(new Probe("p", random, List.of(0)).channels(), new Probe("p", random, List.of(0)).channels());
    }

    @Test
    void ofSeveralServersEachMustBringItBack() {
        Probe wide = new Probe("p", new SplittableRandom(1), List.of(7, 9_000));
        for (String channel : wide.channels()) {
            String tag = channel.substring(channel.indexOf('{') + 1, channel.indexOf('}'));
            assertEquals(wide.channels().indexOf(channel) == 0 ? 7 : 9_000, Slots.of(tag), channel);
        }
        List<Link.Kept> sent = wide.next(0);
        assertEquals(2, sent.size());
        wide.arrived(packet(sent.getFirst()));
        wide.arrived(packet(sent.getFirst()));
        assertFalse(wide.isBack());
        wide.arrived(packet(sent.getLast()));
        assertTrue(wide.isBack());
    }

    @Test
    void whatAServerHasRefusedDoesNotComeBack() {
        Probe wide = new Probe("p", new SplittableRandom(1), List.of(7, 9_000));
        List<Link.Kept> sent = wide.next(0);
        wide.answered(List.of(new Link.Taken(List.of()), new Link.Refused("OOM")));
        assertFalse(wide.isBack());
        wide.arrived(packet(sent.getFirst()));
        assertTrue(wide.isBack());
    }
}
