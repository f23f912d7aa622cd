package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.tidegate.hub.Admission.Decision;
import io.tidegate.hub.Admission.Permit;
import io.tidegate.hub.Admission.Refused;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Rejection;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.ManualClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        assertInstanceOf(Permit.class, admission.admit(null, address("10.0.0.1"), List.of("192.0.2.1")));
        assertInstanceOf(Permit.class, admission.admit(null, address("10.0.0.1"), List.of("192.0.2.2")));
        assertInstanceOf(Refused.class, admission.admit(null, address("10.0.0.1"), List.of("192.0.2.1")));
    }

    @Test
    void handshakesASecondAreBounded() {
        Admission admission = admission(Map.of("tidegate.limits.handshakes", "3"));
        for (int i = 0; i < 3; i++) {
            assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"));
        }
        assertEquals(
                new Refused(503, 1, "too many handshakes a second", Optional.empty()),
                admit(admission, null, "10.0.0.1"));
        clock.advance(Duration.ofMillis(334));
        assertInstanceOf(Permit.class, admit(admission, null, "10.0.0.1"));
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

    private Admission admission(Map<String, String> configuration) {
        return new Admission(SettingsReader.read(configuration, Map.of()), metrics, clock);
    }

    private static Decision admit(Admission admission, @Nullable String origin, String peer) {
        return admission.admit(origin, address(peer), List.of());
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
