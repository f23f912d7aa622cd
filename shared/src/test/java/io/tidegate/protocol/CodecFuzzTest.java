package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Messages that nobody has thought of; {@code -Djqwik.tries.default=1000000} tries more of them. */
class CodecFuzzTest {
    /** Words of a parser's own, which say nothing to a client. */
    private static final Pattern PARSER =
            Pattern.compile("Stream|Constraint|Jackson|JsonTo|source:|column|exceeds|java\\.");

    private static final List<String> GOOD = List.of(
            "{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"ann-1\",\"user\":\"ann\",\"message\":{\"a\":[1,2.5e3,null,true]}}",
            "{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"3k9x2-17\"}",
            "{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":10}",
            "{\"type\":\"unsubscribe\",\"topic\":\"tea\"}",
            "{\"type\":\"token\",\"token\":\"a.b.c\"}",
            "{\"type\":\"ping\"}",
            "{\"user\":\"Gr\u00fc\u00dfe \ud83d\ude00\",\"message\":\"\\u0041\\n\"}");

    private static final List<String> PARTS = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            ",",
            ":",
            "\\u0000",
            "\\ud800",
            "1e999999",
            "-0",
            "0x1",
            "\0",
            "\n",
            "\"topic\":",
            "null",
            "{\"a\":",
            "[[[[[[[[",
            "\"n\":1,");

    @Property
    void whatAClientSendsIsAFrameOrAnErrorInOurWords(@ForAll("texts") byte[] text) {
        for (Wire wire : List.of(Wire.FULL, Wire.PLAIN, Wire.BROADCAST)) {
            for (Opcode opcode : List.of(Opcode.TEXT, Opcode.BINARY)) {
                for (Author author : List.of(Author.AS_WRITTEN, Author.proven(Optional.of("ann")))) {
                    check(wire, wire.decode(new Message(opcode, text), 7, author));
                }
            }
        }
    }

    private static void check(Wire wire, ClientFrame frame) {
        switch (frame) {
            case ClientFrame.Publish publish
            when wire != Wire.BROADCAST ->
                assertInstanceOf(
                        Parsed.Good.class,
                        parsed(publish.message().payload()),
                        () -> new String(publish.message().payload(), UTF_8));
            case ClientFrame.Invalid invalid ->
                assertFalse(PARSER.matcher(invalid.message()).find(), invalid.message());
            case ClientFrame.Publish publish -> {}
            case ClientFrame.Subscribe subscribe ->
                assertTrue(Topic.isValid(subscribe.topic().name()));
            case ClientFrame.Unsubscribe unsubscribe ->
                assertTrue(Topic.isValid(unsubscribe.topic().name()));
            case ClientFrame.Ping ping -> {}
            case ClientFrame.Token token -> {}
        }
    }

    /** As an element, since there a name may stand twice in an object, as clients may write it. */
    private static Parsed<List<byte[]>> parsed(byte[] json) {
        return StrictJson.array(("[" + new String(json, UTF_8) + "]").getBytes(UTF_8), 1);
    }

    @Property
    void aPositionIsWhatItsTextSays(@ForAll("positions") String text) {
        Position.parse(text).ifPresent(position -> assertEquals(text, position.text()));
    }

    /** Found with 64 KiB: the words of the parser went to the client. */
    @Example
    void whatIsTooLongOrTooDeepForTheParserIsAnErrorInOurWords() {
        for (String text : List.of(
                "{\"" + "n".repeat(50_019) + "\":1}",
                "{\"message\":" + "[".repeat(5_000),
                "{\"message\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
                "{\"id\":" + "9".repeat(2_000) + ",\"message\":1}")) {
            whatAClientSendsIsAFrameOrAnErrorInOurWords(text.getBytes(UTF_8));
        }
    }

    @Provide
    Arbitrary<byte[]> texts() {
        return Arbitraries.longs().map(seed -> {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(GOOD.get(random.nextInt(GOOD.size())));
            for (int i = random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(text.length() + 1);
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
                    case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(5)));
                    default -> text.insert(at, text.substring(0, random.nextInt(text.length() + 1)));
                }
            }
            byte[] bytes = text.toString().getBytes(UTF_8);
            if (bytes.length > 0 && random.nextInt(4) == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            // No other text gets through the frame reader.
            return new String(bytes, UTF_8).getBytes(UTF_8);
        });
    }

    @Provide
    Arbitrary<String> positions() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("0123456789azAZ- +.").ofMaxLength(45),
                Arbitraries.strings().ofMaxLength(10));
    }
}
