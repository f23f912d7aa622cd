package io.tidegate.drain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
    private static final Report REPORT = new Report("i-1", 12, "tidegate", "pod \"7\"", "mp", 3, 2, 10_000, true);

    @Test
    void whatANodeTellsIsWhatTheOthersRead() {
        assertEquals(Optional.of(REPORT), Report.read(REPORT.message()));
    }

    @Test
    void whatALaterReleaseAddsIsPassedOver() {
        assertEquals(
                Optional.of(new Report("i", 7, "tidegate", "pod", "se", 3, 0, 9, false)),
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
        assertEquals(
                Optional.empty(),
                Report.read(new Report("i", 7, "tidegate", "p".repeat(1_024), "se", 3, 0, 9, false).message()));
    }

    private static Optional<Report> read(String text) {
        return Report.read(new Message(Opcode.TEXT, text.getBytes(UTF_8)));
    }
}
