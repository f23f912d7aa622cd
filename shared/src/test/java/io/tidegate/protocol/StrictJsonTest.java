package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StrictJsonTest {
    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String value(String text) {
        return switch (StrictJson.value(bytes(text))) {
            case Parsed.Good<byte[]> good -> new String(good.value(), UTF_8);
            case Parsed.Bad<byte[]> bad -> "bad: " + bad.why();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-0.50e+3", "\"\\u00e4ä\"", "null", "{\"a\" : [1, {\"b\":2}], \"c\":{\"a\":1}}", "[]"})
    void aValueStaysAsItIsWritten(String json) {
        assertEquals(json, value(json));
        assertEquals(json, value(" \r\n\t" + json + "\n "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "NaN",
                "Infinity",
                "-",
                "01",
                "+1",
                "1 2",
                "[1,]",
                "{\"a\":1,\"a\":1}",
                "[{\"b\":{\"a\":1,\"a\":2}}]",
                "'a'",
                "{a:1}",
                "// c\n1",
                "\"\u0001\"",
                "\uFEFF1",
                "tru"
            })
    void whatIsNoJsonOrHasANameTwiceIsBad(String text) {
        assertTrue(value(text).startsWith("bad: "), value(text));
        assertTrue(value(text).contains("allowed is"), value(text));
    }

    @Test
    void bytesThatAreNoUtf8AreBad() {
        for (byte[] text : List.of(
                new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
                new byte[] {'"', -1, '"'},
                "1".getBytes(java.nio.charset.StandardCharsets.UTF_16LE))) {
            assertInstanceOf(Parsed.Bad.class, StrictJson.value(text));
        }
    }

    @Test
    void elementsAndMembersAreTakenApart() {
        List<byte[]> elements =
                ((Parsed.Good<List<byte[]>>) StrictJson.array(bytes(" [ {\"a\":1, \"a\":2} , [2], 3 ] "), 3)).value();
        assertEquals(
                List.of("{\"a\":1, \"a\":2}", "[2]", "3"),
                elements.stream().map(element -> new String(element, UTF_8)).toList());
        assertInstanceOf(Parsed.Bad.class, StrictJson.array(bytes("[1,2,3,4]"), 3));
        assertInstanceOf(Parsed.Bad.class, StrictJson.array(bytes("{}"), 3));
        assertInstanceOf(Parsed.Bad.class, StrictJson.object(elements.getFirst(), Set.of("a")));
        Map<String, byte[]> members = ((Parsed.Good<Map<String, byte[]>>)
                        StrictJson.object(bytes("{\"x\":[{}],\"a\":{\"x\":2}}"), Set.of("a")))
                .value();
        assertEquals(Set.of("a"), members.keySet());
        assertEquals("{\"x\":2}", new String(members.getOrDefault("a", new byte[0]), UTF_8));
    }
}
