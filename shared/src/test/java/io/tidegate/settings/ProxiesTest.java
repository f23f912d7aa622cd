package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxiesTest {

    @ParameterizedTest
    @CsvSource(
            value = {
                // peer, header, client
                "203.0.113.9, 192.0.2.1, 203.0.113.9",
                "10.0.0.1, '', 10.0.0.1",
                "10.0.0.1, 192.0.2.1, 192.0.2.1",
                "10.0.0.1, '192.0.2.1, 10.0.0.2', 192.0.2.1",
                "10.0.0.1, '6.6.6.6, 192.0.2.1, 10.0.0.2', 192.0.2.1",
                "10.0.0.1, '10.0.0.3, 10.0.0.2', 10.0.0.3",
                "10.0.0.1, '192.0.2.1, unknown', 10.0.0.1",
                "10.0.0.1, '192.0.2.1, _hidden, 10.0.0.2', 10.0.0.2",
                "10.0.0.1, 'garbage, 192.0.2.1', 192.0.2.1",
                "10.0.0.1, '192.0.2.1,, ,', 192.0.2.1",
                "10.0.0.1, 192.0.2.1:4711, 192.0.2.1",
                "10.0.0.1, 2001:db8::1, 2001:db8::1",
                "10.0.0.1, [2001:db8::1], 2001:db8::1",
                "10.0.0.1, [2001:db8::1]:4711, 2001:db8::1",
                "10.0.0.1, ::ffff:192.0.2.1, 192.0.2.1",
                "fd00::1, '192.0.2.1, fd00:0:0:1::2', 192.0.2.1",
                "fd01::1, 192.0.2.1, fd01::1"
            })
    void rightmostAddressThatIsNoProxyIsTheClient(String peer, String header, String client) {
        Proxies proxies = proxies("10.0.0.0/8, fd00::/16");

        assertEquals(address(client), proxies.clientAddress(address(peer), List.of(header)));
    }

    @Test
    void headersAreOneListInTheirOrder() {
        Proxies proxies = proxies("10.0.0.0/8");

        assertEquals(
                address("192.0.2.2"),
                proxies.clientAddress(address("10.0.0.1"), List.of("192.0.2.1", "192.0.2.2, 10.0.0.3", "10.0.0.2")));
        assertEquals(address("10.0.0.1"), proxies.clientAddress(address("10.0.0.1"), List.of()));
    }

    @Test
    void nobodyIsBelievedWhereThereIsNoProxy() {
        assertEquals(address("127.0.0.1"), Proxies.NONE.clientAddress(address("127.0.0.1"), List.of("192.0.2.1")));
    }

    /** Each of these would be looked up by name, or read as another address, if it came to the JDK as it stands. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "example.com",
                "1",
                "10.1",
                "10.0.1",
                "0x0a.0.0.1",
                "010.0.0.1",
                "10.0.0.256",
                "10.0.0.1.",
                "10.0.0.0.1",
                "dead.beef",
                "cafe",
                "fe80::1%eth0",
                "2001:db8:::1",
                ":",
                "1:2:3:4:5:6:7:8:9",
                "[2001:db8::1]",
                "\u0661.1.1.1",
                " ",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/33",
                "10.0.0.0/08x",
                "10.0.0.0/8/8",
                "2001:db8::/129",
                "10.0.0.0/999999999999"
            })
    void onlyLiteralAddressesAreRead(String text) {
        assertEquals(Optional.empty(), Proxies.parse(text));
        assertEquals(
                address("10.0.0.1"),
                proxies("10.0.0.1").clientAddress(address("10.0.0.1"), List.of("192.0.2.1, " + text + "!")));
    }

    @RepeatedTest(200)
    void blockContainsWhatSharesItsPrefix(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        InetAddress base = randomAddress(random);
        int bits = base.getAddress().length * 8;
        int prefix = random.nextInt(bits + 1);
        Proxies.Block block =
                Proxies.Block.parse(base.getHostAddress() + "/" + prefix).orElseThrow();

        for (int bit = 0; bit < bits; bit++) {
            InetAddress other = flipped(base, bit);
            assertEquals(samePrefix(base, other, prefix), block.contains(other), block + " and " + other);
        }
        for (int i = 0; i < 20; i++) {
            InetAddress other = randomAddress(random);
            assertEquals(samePrefix(base, other, prefix), block.contains(other), block + " and " + other);
        }
    }

    @RepeatedTest(200)
    void whateverAClientForgesIsNotBelieved(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Proxies proxies = proxies("10.0.0.0/8,fd00::/8");
        List<String> forwarded = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            forwarded.add(random.nextBoolean() ? randomAddress(random).getHostAddress() : "10.6.6." + i);
        }
        InetAddress client = address(random.nextBoolean() ? "192.0.2.7" : "2001:db8::7");
        forwarded.add(client.getHostAddress());
        for (int i = random.nextInt(4); i > 0; i--) {
            forwarded.add(random.nextBoolean() ? "10.0.0." + i : "fd00::" + i);
        }
        List<String> headers =
                random.nextBoolean() ? forwarded : List.of(String.join(random.nextBoolean() ? ", " : ",", forwarded));

        assertEquals(client, proxies.clientAddress(address("10.0.0.99"), headers), headers.toString());
    }

    private static boolean samePrefix(InetAddress a, InetAddress b, int prefix) {
        int bits = a.getAddress().length * 8;
        return a.getAddress().length == b.getAddress().length
                && number(a).shiftRight(bits - prefix).equals(number(b).shiftRight(bits - prefix));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static InetAddress randomAddress(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        return address(bytes);
    }

    private static InetAddress flipped(InetAddress address, int bit) {
        byte[] bytes = address.getAddress();
        bytes[bit / 8] ^= (byte) (1 << (bit % 8));
        return address(bytes);
    }

    private static Proxies proxies(String text) {
        return Proxies.parse(text).orElseThrow();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(literal, e);
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
