package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainWireTest {
    private static final long NOW = 1732406400000L;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"user\":\"ann\",\"message\":\"hi\"} | {\"user\":\"ann\",\"message\":\"hi\",\"timestamp\":NOW}",
                "{\"message\":\"hi\",\"user\":\"ann\"} | {\"user\":\"ann\",\"message\":\"hi\",\"timestamp\":NOW}",
                "{\"message\":\"hi\"} | {\"message\":\"hi\",\"timestamp\":NOW}",
                "{\"user\":null,\"message\":null} | {\"user\":null,\"message\":null,\"timestamp\":NOW}",
                "{\"type\":\"chat\",\"user\":\"ann\",\"message\":\"hi\"} | {\"user\":\"ann\",\"message\":\"hi\",\"timestamp\":NOW}",
                "{\"message\":{\"a\":[1,2,{\"b\":null}]},\"extra\":[[]]} | {\"message\":{\"a\":[1,2,{\"b\":null}]},\"timestamp\":NOW}",
                "{\"message\":-1.5e300} | {\"message\":-1.5e300,\"timestamp\":NOW}",
                "{\"message\":12345678901234567890123} | {\"message\":12345678901234567890123,\"timestamp\":NOW}",
                "{\"message\":true,\"user\":7} | {\"user\":7,\"message\":true,\"timestamp\":NOW}",
                "{\"message\":\"a\",\"message\":\"b\"} | {\"message\":\"b\",\"timestamp\":NOW}",
                "{ \"user\" : \"ann\" , \"message\" : \"h i\" } | {\"user\":\"ann\",\"message\":\"h i\",\"timestamp\":NOW}",
                "{\"message\":\"\\ud83d\\u0041 é 😀 \\\" \\\\\"} | {\"message\":\"\\ud83d\\u0041 é 😀 \\\" \\\\\",\"timestamp\":NOW}",
                "{\"me\\u0073sage\":1} | {\"message\":1,\"timestamp\":NOW}",
                "{\"user\":\"\",\"message\":\"\"} | {\"user\":\"\",\"message\":\"\",\"timestamp\":NOW}",
            })
    void aMessageComesBackAsItWasWrittenWithTheServersTimestamp(String sent, String delivered) {
        ClientFrame.Publish publish = assertInstanceOf(ClientFrame.Publish.class, decode(sent));
        assertEquals(Opcode.TEXT, publish.message().opcode());
        assertEquals(
                delivered.replace("NOW", String.valueOf(NOW)),
                new String(publish.message().payload(), UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{",
                "{\"message\":\"hi\"",
                "{\"message\":\"hi\"}}",
                "{\"message\":\"hi\"} {}",
                "{'message':1}",
                "{\"message\":1,}",
                "{\"message\":01}",
                "{\"message\":NaN}",
                "{\"message\":\"a\nb\"}",
                "{message:1}",
                "// c\n{\"message\":1}",
                "\ufeff{\"message\":1}",
                "{\0\"\0m\0",
                "\0{\0\"",
                "[1,",
            })
    void whatIsNotJsonIsInvalidJson(String sent) {
        ClientFrame.Invalid invalid = assertInstanceOf(ClientFrame.Invalid.class, decode(sent));
        assertEquals(ErrorCode.INVALID_JSON, invalid.code());
        assertTrue(invalid.message().contains("{\"user\":\"ann\",\"message\":\"hi\"}"), invalid::message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "null", "\"text\"", "true", "{}", "{\"user\":\"ann\"}", "{\"Message\":1}"})
    void jsonWithoutAMessageIsAnInvalidFrame(String sent) {
        ClientFrame.Invalid invalid = assertInstanceOf(ClientFrame.Invalid.class, decode(sent));
        assertEquals(ErrorCode.INVALID_FRAME, invalid.code());
        assertTrue(invalid.message().contains("{\"user\":\"ann\",\"message\":\"hi\"}"), invalid::message);
    }

    @Test
    void aBinaryMessageIsAnInvalidFrame() {
        ClientFrame.Invalid invalid = assertInstanceOf(
                ClientFrame.Invalid.class,
                Wire.PLAIN.decode(new Message(Opcode.BINARY, new byte[] {'{', '}'}), NOW, Author.AS_WRITTEN));
        assertEquals(ErrorCode.INVALID_FRAME, invalid.code());
    }

    @Test
    void deepNestingIsRefusedAndNothingOverflows() {
        String deep = "{\"message\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}";
        assertEquals(
                ErrorCode.INVALID_JSON,
                assertInstanceOf(ClientFrame.Invalid.class, decode(deep)).code());
    }

    private static ClientFrame decode(String text) {
        return Wire.PLAIN.decode(new Message(Opcode.TEXT, text.getBytes(UTF_8)), NOW, Author.AS_WRITTEN);
    }
}
