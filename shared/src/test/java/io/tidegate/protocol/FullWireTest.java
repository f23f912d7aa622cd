package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.ServerFrames;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FullWireTest {
    private static final long NOW = 1732406400000L;
    private static final Topic TEA = new Topic("tea");

    private static ClientFrame decode(String text) {
        return Wire.FULL.decode(new Message(Opcode.TEXT, text.getBytes(UTF_8)), NOW, Author.AS_WRITTEN);
    }

    private static ClientFrame.Publish publish(String text) {
        return assertInstanceOf(ClientFrame.Publish.class, decode(text));
    }

    @Test
    void aPublishNamesItsTopicAndItsIdOrNeither() {
        ClientFrame.Publish full =
                publish("{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"ann-1\",\"user\":\"ann\",\"message\":[1]}");
        assertEquals(Optional.of(TEA), full.topic());
        assertEquals(Optional.of(new MessageId("\"ann-1\"")), full.id());
        assertEquals(
                "{\"user\":\"ann\",\"message\":[1],\"timestamp\":" + NOW + "}",
                new String(full.message().payload(), UTF_8));

        ClientFrame.Publish bare = publish("{\"message\":null}");
        assertEquals(Optional.empty(), bare.topic());
        assertEquals(Optional.empty(), bare.id());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\" | \"a\"",
                "\"\\u0061\" | \"a\"",
                "\"a\\\"b\" | \"a\\\"b\"",
                "\"ü😀\" | \"ü😀\"",
                "7 | 7",
                "-7 | -7",
                "9007199254740993 | 9007199254740993",
            })
    void anIdIsKnownByItsValueHoweverItIsWritten(String written, String known) {
        assertEquals(
                Optional.of(new MessageId(known)),
                publish("{\"message\":1,\"id\":" + written + "}").id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "1.5", "1e3", "true", "null", "[1]", "{}", "\"\\ud800\"", "12345678901234567890"})
    void whatCannotBeAnIdIsRefused(String id) {
        assertInvalid(ErrorCode.INVALID_FRAME, "\"id\"", "{\"message\":1,\"id\":" + id + "}");
        String longest = "x".repeat(128);
        assertEquals(
                Optional.of(new MessageId('"' + longest + '"')),
                publish("{\"message\":1,\"id\":\"" + longest + "\"}").id());
        assertInvalid(ErrorCode.INVALID_FRAME, "\"id\"", "{\"message\":1,\"id\":\"x" + longest + "\"}");
    }

    @Test
    void subscribingMayNameAPosition() {
        assertEquals(new ClientFrame.Subscribe(TEA), decode("{\"type\":\"subscribe\",\"topic\":\"tea\"}"));
        assertEquals(
                new ClientFrame.Subscribe(TEA, Optional.of(new Position("k3x9f2", 42)), 0, false),
                decode("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"k3x9f2-42\"}"));
        assertEquals(new ClientFrame.Unsubscribe(TEA), decode("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}"));
        assertEquals(new ClientFrame.Ping(), decode("{\"type\":\"ping\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"yesterday\"",
                "\"\"",
                "42",
                "null",
                "\"k-\"",
                "\"-1\"",
                "\"k-01\"",
                "\"K-1\"",
                "\"k--1\"",
                "\"k-1234567890123456\"",
                "\" k-1\"",
                "\"k-1\\n\"",
                "{}"
            })
    void whatNoServerEverSentIsNoPosition(String after) {
        ClientFrame.Invalid invalid = assertInvalid(
                ErrorCode.INVALID_FRAME,
                "\"after\"",
                "{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":" + after + "}");
        assertEquals(ClientFrame.About.subscribe(TEA), invalid.about());
    }

    @Test
    void subscribingMayAskForTheLastMessages() {
        assertEquals(
                new ClientFrame.Subscribe(TEA, Optional.empty(), 50, false),
                decode("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":50}"));
        assertEquals(
                new ClientFrame.Subscribe(TEA, Optional.empty(), 100_000, false),
                decode("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":100000}"));
        assertInvalid(
                ErrorCode.INVALID_FRAME,
                "\"last\" and \"after\" together",
                "{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":1,\"after\":\"k-1\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "1e1", "\"50\"", "null", "[]", "100001", "99999999999"})
    void whatIsNoCountOfMessagesIsRefused(String last) {
        assertInvalid(
                ErrorCode.INVALID_FRAME,
                "\"last\" is not allowed; allowed is an integer from 1 to 100000",
                "{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":" + last + "}");
    }

    @Test
    void aPublishMaySayThatItIsNotToBeKept() {
        assertTrue(publish("{\"message\":1}").keep());
        assertTrue(publish("{\"message\":1,\"keep\":true}").keep());
        assertFalse(publish("{\"message\":1,\"keep\":false}").keep());
        for (String keep : List.of("null", "0", "\"false\"", "[]")) {
            assertInvalid(ErrorCode.INVALID_FRAME, "\"keep\"", "{\"message\":1,\"keep\":" + keep + "}");
        }
    }

    @Test
    void aPositionComesBackAsItWasSent() {
        for (Position position : List.of(new Position("k3x9f2", 0), new Position("z", 999_999_999_999_999L))) {
            assertEquals(Optional.of(position), Position.parse(position.text()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "INVALID_JSON | JSON | {",
                "INVALID_JSON | JSON | {} {}",
                "INVALID_FRAME | object | [1]",
                "INVALID_FRAME | \"message\" | {}",
                "INVALID_FRAME | \"message\" | {\"type\":\"publish\",\"topic\":\"tea\"}",
                "INVALID_FRAME | \"type\" | {\"type\":\"shout\",\"message\":1}",
                "INVALID_FRAME | \"type\" | {\"type\":7,\"message\":1}",
                "INVALID_FRAME | \"type\" | {\"type\":null,\"message\":1}",
                "INVALID_FRAME | subscribe without \"topic\" | {\"type\":\"subscribe\"}",
                "INVALID_FRAME | unsubscribe without \"topic\" | {\"type\":\"unsubscribe\"}",
                "INVALID_TOPIC | [A-Za-z0-9._:-]{1,128} | {\"type\":\"subscribe\",\"topic\":\"a b\"}",
                "INVALID_TOPIC | \"topic\" | {\"topic\":\"/\",\"message\":1}",
                "INVALID_TOPIC | \"topic\" | {\"topic\":7,\"message\":1}",
                "INVALID_TOPIC | \"topic\" | {\"topic\":\"\",\"message\":1}",
            })
    void badInputIsAnErrorThatNamesWhatIsAllowed(ErrorCode code, String part, String text) {
        assertInvalid(code, part, text);
    }

    @Test
    void anErrorSaysWhatItIsAbout() {
        ClientFrame.Invalid invalid =
                assertInvalid(ErrorCode.INVALID_FRAME, "message", "{\"topic\":\"tea\",\"id\":\"ann-1\"}");
        assertEquals(about("publish", "\"ann-1\"", "tea"), invalid.about());
        assertEquals(
                about("subscribe", null, "a b"),
                assertInvalid(ErrorCode.INVALID_TOPIC, "topic", "{\"type\":\"subscribe\",\"topic\":\"a b\"}")
                        .about());
        assertEquals(
                about("unsubscribe", null, null),
                assertInvalid(ErrorCode.INVALID_TOPIC, "topic", "{\"type\":\"unsubscribe\",\"topic\":\"\\ud800\"}")
                        .about());
        assertEquals(
                about(null, "7", null),
                assertInvalid(ErrorCode.INVALID_FRAME, "type", "{\"type\":\"shout\",\"id\":7}")
                        .about());
    }

    private static ClientFrame.About about(@Nullable String answers, @Nullable String id, @Nullable String topic) {
        return new ClientFrame.About(
                Optional.ofNullable(answers), Optional.ofNullable(id).map(MessageId::new), Optional.ofNullable(topic));
    }

    /** Its publisher waits for an answer with this id, and would wait for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"topic\":\"tea\",\"id\":\"a-1\",\"message\":NaN}",
                "{\"message\":NaN,\"id\":\"a-1\",\"topic\":\"tea\"}",
                "{\"message\":{\"id\":\"no\",\"x\":[\"}\",\"\\\"\",NaN]},\"id\" : \"a-1\" , \"topic\":\"tea\"}",
                "{\"message\":\"a\nb\",\"id\":\"a-1\",\"topic\":\"tea\"}",
                "{\"message\":01,\"id\":\"a-1\",\"topic\":\"tea\"",
                "{\"message\":'x',\"id\":\"a-1\",\"topic\":\"tea\",}",
                "{\"message\":1,\"id\":\"a-1\",\"topic\":\"tea\"} {}",
            })
    void whatIsNotJsonIsAnsweredWithItsId(String text) {
        ClientFrame.Invalid invalid = assertInvalid(ErrorCode.INVALID_JSON, "not JSON at byte ", text);
        assertEquals(about("publish", "\"a-1\"", "tea"), invalid.about());
    }

    @Test
    void whatIsTooDeepOrTooLongIsAnsweredWithItsId() {
        String deep = "[".repeat(999) + "1" + "]".repeat(999);
        publish("{\"id\":7,\"message\":" + deep + "}");
        for (String message : List.of("[" + deep + "]", "1".repeat(1_001))) {
            ClientFrame.Invalid invalid = assertInvalid(
                    ErrorCode.INVALID_JSON,
                    "allowed are 1000 levels and numbers of 1000 characters",
                    "{\"message\":" + message + ",\"id\":7}");
            assertEquals(about("publish", "7", null), invalid.about());
        }
        publish("{\"id\":7,\"message\":{\"" + "n".repeat(60_000) + "\":1}}");
        publish("{\"id\":7,\"message\":" + "1".repeat(1_000) + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"",
                "{\"id",
                "{\"id\"",
                "{\"id\":",
                "{\"id\":\"a",
                "{\"id\":\"a\\",
                "{\"id\":}",
                "{\"id\":nul}",
                "hello",
                "\"id\":7",
                "{]\"id\":[}",
                "{\"x\":{\"id\":7}"
            })
    void whatSaysNothingLegibleIsAboutNothing(String text) {
        assertEquals(
                ClientFrame.About.NOTHING,
                assertInvalid(ErrorCode.INVALID_JSON, "JSON", text).about());
    }

    @Test
    void aMessageThatIsNotKeptHasNoPosition() {
        Message message = publish("{\"user\":\"ann\",\"message\":\"typing\",\"keep\":false}")
                .message();
        assertEquals(
                "{\"type\":\"message\",\"topic\":\"tea\",\"user\":\"ann\",\"message\":\"typing\",\"timestamp\":" + NOW
                        + "}",
                ServerFrames.parse(Wire.FULL
                                .encode(TEA, Position.NONE, List.of(message))
                                .bytes())
                        .getFirst()
                        .text());
    }

    @Test
    void aBinaryMessageIsRefused() {
        ClientFrame frame = Wire.FULL.decode(new Message(Opcode.BINARY, new byte[] {'{', '}'}), NOW, Author.AS_WRITTEN);
        assertEquals(
                ErrorCode.INVALID_FRAME,
                assertInstanceOf(ClientFrame.Invalid.class, frame).code());
    }

    @Test
    void aMessageIsDeliveredWithItsTopicAndPosition() {
        Message first = publish("{\"user\":\"ann\",\"message\":\"hi\"}").message();
        Message second = publish("{\"message\":\"grüße\"}").message();
        List<String> frames =
                ServerFrames.parse(Wire.FULL
                                .encode(TEA, new Position("k3x9f2", 42), List.of(first, second))
                                .bytes())
                        .stream()
                        .map(ServerFrames.Frame::text)
                        .toList();
        assertEquals(
                List.of(
                        "{\"type\":\"message\",\"topic\":\"tea\",\"position\":\"k3x9f2-42\","
                                + "\"user\":\"ann\",\"message\":\"hi\",\"timestamp\":" + NOW + "}",
                        "{\"type\":\"message\",\"topic\":\"tea\",\"position\":\"k3x9f2-43\","
                                + "\"message\":\"grüße\",\"timestamp\":" + NOW + "}"),
                frames);
    }

    private static ClientFrame.Invalid assertInvalid(ErrorCode code, String part, String text) {
        ClientFrame.Invalid invalid = assertInstanceOf(ClientFrame.Invalid.class, decode(text));
        assertEquals(code, invalid.code());
        assertTrue(invalid.message().contains(part), () -> part + " in: " + invalid.message());
        return invalid;
    }

    /** Who may write to Redis can publish anything; it must neither break the frame nor the server. */
    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "{", "}", "[1]", "\"a\"", "\u0000"})
    void whatIsNoObjectIsDeliveredAsItsText(String payload) {
        Message message = new Message(Opcode.TEXT, payload.getBytes(UTF_8));
        byte[] bytes =
                Wire.FULL.encode(TEA, new Position("e", 7), List.of(message)).bytes();
        byte[] frame = ServerFrames.parse(bytes).getFirst().payload();
        assertInstanceOf(Parsed.Good.class, StrictJson.value(frame), () -> new String(frame, UTF_8));
    }
}
