package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginsTest {
    private static final List<String> SCHEMES = List.of("http", "https", "capacitor", "chrome-extension");
    private static final List<String> HOSTS = List.of(
            "example.com", "app.example.com", "localhost", "xn--bcher-kva.example", "192.0.2.1", "[2001:db8::1]");
    private static final List<String> PORTS = List.of("", ":1", ":80", ":443", ":3000", ":65535");

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "", "no origin at all"})
    void starAllowsAny(String origin) {
        assertTrue(Origins.ANY.allows(origin));
    }

    @Test
    void clientWithoutOriginIsNoBrowser() {
        assertTrue(Origins.ANY.allows(null));
        assertTrue(origins("https://app.example.com").allows(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "*",
                "app.example.com",
                "http://app.example.com",
                "https://example.com",
                "https://app.example.com.evil.example",
                "https://evil.example/https://app.example.com",
                "https://app.example.com:444",
                "https://app.example.com/",
                "https://app.example.com https://app.example.com",
                "https://user@app.example.com",
                "https://app.example.com:0443"
            })
    void whatIsNotListedIsRefused(String origin) {
        assertFalse(origins("https://app.example.com").allows(origin));
    }

    @Test
    void onlyAsciiLettersAreFolded() {
        assertTrue(origins("https://kiosk.example").allows("https://KIOSK.example"));
        assertFalse(origins("https://kiosk.example").allows("https://\u212Aiosk.example"), "Kelvin sign");
    }

    @Test
    void defaultPortIsNoPort() {
        assertTrue(origins("https://a.example:443").allows("https://a.example"));
        assertTrue(origins("http://a.example").allows("http://a.example:80"));
        assertFalse(origins("http://a.example").allows("http://a.example:443"));
        assertFalse(origins("capacitor://localhost").allows("capacitor://localhost:80"));
    }

    @RepeatedTest(200)
    void exactlyTheListedAreAllowedInAnyLetterCase(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> listed = random.ints(1 + random.nextInt(4), 0, Integer.MAX_VALUE)
                .mapToObj(seed -> origin(new Random(seed)))
                .toList();
        Origins origins = origins(String.join(random.nextBoolean() ? "," : " , ", listed));

        for (String origin : listed) {
            assertTrue(origins.allows(anyCase(origin, random)), origin);
        }
        for (int i = 0; i < 50; i++) {
            String origin = origin(random);
            boolean expected = listed.stream().anyMatch(one -> effective(one).equals(effective(origin)));
            assertEquals(expected, origins.allows(origin), origin + " in " + listed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "*,https://a.example", "https://a.example,", "null", "https://*.example", "https://a:0"
            })
    void anythingElseIsNoList(String text) {
        assertEquals(Optional.empty(), Origins.parse(text));
    }

    private static Origins origins(String text) {
        return Origins.parse(text).orElseThrow();
    }

    private static String origin(Random random) {
        return pick(SCHEMES, random) + "://" + pick(HOSTS, random) + pick(PORTS, random);
    }

    private static String pick(List<String> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private static String anyCase(String text, Random random) {
        StringBuilder mixed = new StringBuilder();
        text.chars().forEach(c -> mixed.append(random.nextBoolean() ? Character.toUpperCase((char) c) : (char) c));
        return mixed.toString();
    }

    /** The same by another way: what the port is where none is written. */
    private static String effective(String origin) {
        boolean hasPort = origin.matches(".*:[0-9]+");
        String lower = origin.toLowerCase(Locale.ROOT);
        if (hasPort) {
            return lower;
        }
        return lower.startsWith("http://") ? lower + ":80" : lower.startsWith("https://") ? lower + ":443" : lower;
    }
}
