package io.tidegate.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeReportTest {
    private static final NodeReport REPORT =
            new NodeReport("i-1", 12, "tidegate", "pod-7", "mp", 3, 2, 10_000, true, null);

    private static final String REPORT_TEXT = new String(REPORT.message().payload(), UTF_8);
    private static final long NOW = 1_800_000_000_000L;

    @Test
    void whatANodeTellsIsWhatTheOthersRead() {
        assertEquals(Optional.of(REPORT), NodeReport.read(REPORT.message(), NOW));
    }

    @Test
    void theRevisionTravelsToo() {
        NodeReport report = new NodeReport(
                "i", 7, "tidegate", "pod", "se", 3, 0, 9, false, new NodeReport.Revision("7d9f8b6c5", 12, true));
        assertEquals(Optional.of(report), NodeReport.read(report.message(), NOW));
        String text = new String(report.message().payload(), UTF_8);
        for (String bad : List.of("\"a b\"", "\"" + "r".repeat(64) + "\"", "7", "\"\\n\"")) {
            assertEquals(Optional.empty(), read(text.replace("\"7d9f8b6c5\"", bad)), bad);
        }
        for (String bad : List.of("-1", "\"12\"", "9000000000000000000", "99999999999999999999")) {
            assertEquals(Optional.empty(), read(text.replace(":12,", ":" + bad + ",")), bad);
        }
        assertEquals(Optional.empty(), read(text.replace(",\"revisionAgeMs\":12", "")), "an age belongs to it");
    }

    @Test
    void whatALaterReleaseAddsIsPassedOver() {
        assertEquals(
                Optional.of(new NodeReport("i", 7, "tidegate", "pod", "se", 3, 0, 9, false, null)),
                read(
                        "{\"load\":{\"cpu\":[1,2]},\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\","
                                + "\"connections\":3,\"limit\":9,\"draining\":false}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "null",
                "[]",
                "{}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3}",
                "{\"instance\":\"i\",\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9}",
                "{\"instance\":\"i\",\"round\":7,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9}",
                "{\"instance\":\"i\",\"round\":9223372036854775807,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9}",
                "{\"instance\":\"i\",\"round\":-1,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9}",
                "{\"instance\":\"\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9}",
                "{\"instance\":7,\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":-1,\"limit\":9}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":\"3\",\"limit\":9}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":99999999999,\"limit\":9}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":0}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9,\"draining\":1}",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9",
                "{\"instance\":\"i\",\"round\":7,\"fleet\":\"tidegate\",\"moving\":0,\"node\":\"pod\",\"runtime\":\"se\",\"connections\":3,\"limit\":9} {}"
            })
    void whatIsNoReportIsNone(String text) {
        assertEquals(Optional.empty(), read(text));
    }

    @Test
    void whatIsTooLongIsNone() {
        assertEquals(Optional.empty(), read("{\"more\":\"" + "p".repeat(1_024) + "\"," + REPORT_TEXT.substring(1)));
    }

    /** A name goes into the log, where it must not make lines of its own. */
    @Test
    void namesHaveTheCharactersOfNames() {
        assertEquals(Optional.of(REPORT), read(REPORT_TEXT));
        for (String name : List.of("pod\\n7", "pod 7", "\\u001b[31m", "p".repeat(254), "")) {
            assertEquals(Optional.empty(), read(REPORT_TEXT.replace("pod-7", name)), name);
            assertEquals(Optional.empty(), read(REPORT_TEXT.replace("i-1", name)), name);
            assertEquals(Optional.empty(), read(REPORT_TEXT.replace("\"mp\"", "\"" + name + "\"")), name);
        }
    }

    /** One forged number must not become the last of all rounds. */
    @Test
    void noRoundIsTheLast() {
        long forged = 9_007_199_254_740_992L;
        assertEquals(Optional.empty(), read(REPORT_TEXT.replace(":12,", ":" + forged + ",")));
        long highest = 1_000_000 + NOW / 50;
        assertEquals(Optional.empty(), read(REPORT_TEXT.replace(":12,", ":" + (highest + 1) + ",")));
        assertTrue(read(REPORT_TEXT.replace(":12,", ":" + highest + ",")).isPresent());
        Message next = message(REPORT_TEXT.replace(":12,", ":" + (highest + 1) + ","));
        assertTrue(NodeReport.read(next, NOW + 100).isPresent(), "the next round, as soon as one may be");
    }

    private static Optional<NodeReport> read(String text) {
        return NodeReport.read(message(text), NOW);
    }

    private static Message message(String text) {
        return new Message(Opcode.TEXT, text.getBytes(UTF_8));
    }
}
