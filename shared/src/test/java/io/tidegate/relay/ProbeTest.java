package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProbeTest {
    private final Probe probe = new Probe("p", new SplittableRandom(1));

    @Test
    void publishingWaitsForAProbeThatIsFarBehind() {
        Link.Plain first = probe.next(0);
        probe.arrived(first.bytes());
        probe.published(Probe.WINDOW_BYTES);
        assertTrue(probe.isDue(0), "so many bytes call for a probe before its time");
        assertFalse(probe.mustComeBack());
        Link.Plain second = probe.next(0);
        assertFalse(probe.mustComeBack());
        probe.published(Probe.WINDOW_BYTES);
        assertTrue(probe.mustComeBack());
        probe.arrived(second.bytes());
        assertFalse(probe.mustComeBack());
    }

    @Test
    void aStrangersOrAnOldProbeDoesNotCount() {
        Link.Plain first = probe.next(0);
        probe.arrived(first.bytes());
        assertTrue(probe.isBack());
        probe.next(0);
        probe.arrived(first.bytes());
        probe.arrived(new byte[3]);
        assertFalse(probe.isBack());
        Link.Plain again = probe.again();
        probe.arrived(again.bytes());
        assertTrue(probe.isBack());
    }

    @Test
    void isMissingAfterItsTimeout() {
        Link.Plain sent = probe.next(7);
        assertFalse(probe.isMissing(7 + Probe.TIMEOUT_NANOS));
        assertTrue(probe.isMissing(8 + Probe.TIMEOUT_NANOS));
        probe.arrived(sent.bytes());
        assertFalse(probe.isMissing(8 + Probe.TIMEOUT_NANOS));
    }

    @Test
    void eachHasAChannelOfItsOwn() {
        SplittableRandom random = new SplittableRandom(1);
        assertNotEquals(new Probe("p", random).channel(), new Probe("p", random).channel());
    }
}
