package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.hub.Admission.Decision;
import io.tidegate.hub.Admission.Permit;
import io.tidegate.hub.Admission.Refused;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Rejection;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import io.tidegate.time.Clock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final ManualClock clock = new ManualClock();
    private final Metrics metrics = new Metrics();

    @Test
    void aFullNodeRefusesUntilSomebodyLeaves() {
        Admission admission = admission(Map.of("tidegate.limits.connections", "2"));
        Permit first = assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"));
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.2"));

        Refused refused = assertInstanceOf(Refused.class, admit(admission, null, "10.0.0.3"));
        assertEquals(new Refused(503, 5, "this node is full", Optional.empty()), refused);
        assertEquals(1, metrics.connectionsRejected(Rejection.CONNECTIONS).value());

        first.close();
        first.close();
        assertEquals(1, admission.open());
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.3"));
    }

    @Test
    void whoHandsOverIsRefusedWhereOthersAreToTakeIt() {
        Admission admission = admission(Map.of("tidegate.limits.handshakes", "3"));
        assertInstanceOf(Permit.class, handOver(admission));
        admission.takeHandOversBelow(2);
        assertInstanceOf(Permit.class, handOver(admission), "one is below two");
        assertEquals(new Refused(503, 1, "this node takes no hand-overs now", Optional.empty()), handOver(admission));
        assertEquals(1, metrics.connectionsRejected(Rejection.ELSEWHERE).value());
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"), "it may have no other connection");
        admission.takeHandOversBelow(Integer.MAX_VALUE);
        clock.advance(Duration.ofSeconds(1));
        assertInstanceOf(Permit.class, handOver(admission));
    }

    private static Decision handOver(Admission admission) {
        return admission.admit(null, address("10.0.0.9"), List.of(), true);
    }

    @Test
    void anAddressHasItsOwnLimitAndGivesItBack() {
        Admission admission = admission(Map.of("tidegate.limits.perip", "1"));
        Permit permit = assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"));
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.2"));
        assertEquals(
                503,
                assertInstanceOf(Refused.class, admit(admission, null, "10.0.0.1"))
                        .status());
        assertEquals(2, admission.open());
        permit.close();
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"));
    }

    @Test
    void theClientBehindATrustedProxyCounts() {
        Admission admission = admission(Map.of("tidegate.limits.perip", "1", "tidegate.proxies", "10.0.0.0/8"));
        assertInstanceOf(Permit.class, admission.admit(null, address("10.0.0.1"), List.of("192.0.2.1"), false));
        assertInstanceOf(Permit.class, admission.admit(null, address("10.0.0.1"), List.of("192.0.2.2"), false));
        assertInstanceOf(Refused.class, admission.admit(null, address("10.0.0.1"), List.of("192.0.2.1"), false));
    }

    @Test
    void handshakesASecondAreBounded() {
        Admission admission = admission(Map.of("tidegate.limits.handshakes", "3"));
        for (int i = 0; i < 3; i++) {
            assertInstanceOf(Permit.class, admit(admission, null, "10.0.0." + i));
        }
        assertEquals(
                new Refused(503, 1, "too many handshakes a second", Optional.empty()),
                admit(admission, null, "10.0.0.4"));
        clock.advance(Duration.ofMillis(334));
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.4"));
    }

    @Test
    void whoKnocksWithoutPauseTakesNothingFromOthers() {
        Admission admission = admission(Map.of("tidegate.limits.handshakes", "50"));
        int mallory = 0;
        int others = 0;
        for (int i = 0; i < 1_000; i++) { // for ten seconds, and everybody else as often as may be
            clock.advance(Duration.ofMillis(10));
            mallory += count(admission, "2001:db8::" + Integer.toHexString(i + 1)) + count(admission, "2001:db8::1");
            if (i % 3 == 0) {
                others += count(admission, "10.0." + i / 256 + "." + i % 256);
            }
        }
        assertEquals(334, others, "of 334 others");
        assertTrue(mallory <= 0.5 * 50 + 10 * 50 - 334 + 10, "one network had " + mallory);
    }

    @Test
    void whoIsAloneMayHaveAllHandshakes() {
        Admission admission = admission(Map.of("tidegate.limits.handshakes", "50"));
        int office = 0;
        for (int i = 0; i < 1_000; i++) {
            clock.advance(Duration.ofMillis(10));
            office += count(admission, "203.0.113.9");
        }
        assertTrue(office >= 500, "it had " + office);
    }

    private static int count(Admission admission, String peer) {
        return admit(admission, null, peer) instanceof Permit ? 1 : 0;
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        Admission admission = admission(Map.of("tidegate.limits.perip", "1"));
        assertInstanceOf(Permit.class, admit(admission, null, "2001:db8::1"));
        assertInstanceOf(Refused.class, admit(admission, null, "2001:db8::ffff:1"));
        assertInstanceOf(Permit.class, admit(admission, null, "2001:db8:0:1::1"));
    }

    @Test
    void anOriginThatIsNotAllowedIsForbidden() {
        Admission admission = admission(Map.of("tidegate.origins", "https://chat.example"));
        assertEquals(
                new Refused(403, 0, "origin not allowed", Optional.empty()),
                admit(admission, "https://evil.example", "10.0.0.1"));
        assertInstanceOf(Permit.class, admit(admission, "https://chat.example", "10.0.0.1"));
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"));
    }

    @Test
    void aDrainingNodeSendsEverybodyElsewhere() {
        Admission admission = admission(Map.of());
        admission.drain();
        assertEquals(
                new Refused(503, 1, "this node is draining", Optional.empty()), admit(admission, null, "10.0.0.1"));
        assertEquals(0, admission.open());
    }

    /** The drain has looked at the open permits, and may be over. */
    @Test
    void aDrainThatBeginsBetweenTheQuestionAndThePermitIsStillSeen() {
        AtomicReference<@Nullable Admission> begins = new AtomicReference<>();
        Clock inBetween = new Clock() {
            @Override
            public long nanoTime() {
                Admission admission = begins.get();
                if (admission != null) {
                    admission.drain();
                }
                return clock.nanoTime();
            }

            @Override
            public long epochMillis() {
                return clock.epochMillis();
            }
        };
        Admission admission = admission(Map.of("tidegate.limits.perip", "1"), inBetween);
        begins.set(admission);
        assertEquals(
                new Refused(503, 1, "this node is draining", Optional.empty()), admit(admission, null, "10.0.0.1"));
        assertEquals(0, admission.open());
        assertEquals(1, metrics.connectionsRejected(Rejection.DRAINING).value());
    }

    private Admission admission(Map<String, String> configuration) {
        return admission(configuration, clock);
    }

    private Admission admission(Map<String, String> configuration, Clock clock) {
        return new Admission(SettingsReader.read(configuration, Map.of()), metrics, clock);
    }

    private static Decision admit(Admission admission, @Nullable String origin, String peer) {
        return admission.admit(origin, address(peer), List.of(), false);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
