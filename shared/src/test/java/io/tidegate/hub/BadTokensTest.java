package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BadTokensTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final BadTokens tokens = new BadTokens();

    private static Network address(String text) {
        try {
            return Network.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private int tries(String address, long nanoTime) {
        int tries = 0;
        while (tries < 100 && tokens.mayTry(address(address), nanoTime)) {
            tokens.add(address(address), nanoTime);
            tries++;
        }
        return tries;
    }

    @Test
    void anAddressMayBringTenBadOnesASecond() {
        assertEquals(10, tries("203.0.113.9", 0));
        assertTrue(tokens.mayTry(address("203.0.113.10"), 0));
        assertEquals(1, tries("203.0.113.9", SECOND / 10));
        assertEquals(10, tries("203.0.113.9", 5 * SECOND));
    }

    @Test
    void theAddressesOfOneIpv6NetworkAreOne() {
        assertEquals(10, tries("2001:db8::1", 0));
        assertFalse(tokens.mayTry(address("2001:db8::ffff:1"), 0));
        assertTrue(tokens.mayTry(address("2001:db8:0:1::1"), 0));
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (int i = 0; i < 10_000; i++) {
            tokens.add(address("10.0." + i / 256 + "." + i % 256), 0);
        }
        assertEquals(10, tries("203.0.113.9", 0));
        assertTrue(tokens.size() <= 10_000);
    }
}
