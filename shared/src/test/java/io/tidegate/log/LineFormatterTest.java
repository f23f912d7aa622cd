package io.tidegate.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.JsonLine;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class LineFormatterTest {
    private static final String NASTY = "a \"quote\",\na line, \t, \u0000 and \u2028 é \\";

    @Test
    void aRecordIsOneJsonObject() {
        String line = new LineFormatter(true, "node-1").format(logged(Level.WARNING, NASTY));

        assertEquals(1, line.strip().lines().count(), line);
        assertEquals(
                Map.of(
                        "time", "2026-01-02T03:04:05.678Z",
                        "level", "WARNING",
                        "logger", "io.tidegate.hub",
                        "message", NASTY,
                        "node", "node-1"),
                JsonLine.members(line));
    }

    @Test
    void anExceptionIsOneFieldOfIt() {
        LogRecord logged = logged(Level.SEVERE, "failed");
        logged.setThrown(new IllegalStateException("why", new IOException("cause")));

        String line = new LineFormatter(true, "node-1").format(logged);

        assertEquals(1, line.strip().lines().count(), line);
        String exception = JsonLine.members(line).getOrDefault("exception", "none");
        assertTrue(exception.startsWith("java.lang.IllegalStateException: why"), exception);
        assertTrue(exception.contains("Caused by: java.io.IOException: cause"), exception);
    }

    @Test
    void parametersAreFilledIn() {
        LogRecord logged = logged(Level.INFO, "{0,number,#} of {1}");
        logged.setParameters(new Object[] {12_345, "all"});

        assertEquals(
                "12345 of all",
                JsonLine.members(new LineFormatter(true, "n").format(logged)).get("message"));
    }

    /** Levels have the names that {@code tidegate.log.level} takes. */
    @Test
    void levelsAreThoseOfTheSetting() {
        List<Level> levels = List.of(Level.SEVERE, Level.WARNING, Level.INFO, Level.FINE, Level.FINER);
        List<String> names = List.of("ERROR", "WARNING", "INFO", "DEBUG", "TRACE");
        for (int i = 0; i < levels.size(); i++) {
            assertEquals(
                    names.get(i),
                    JsonLine.members(new LineFormatter(true, "n").format(logged(levels.get(i), "x")))
                            .get("level"));
        }
    }

    @Test
    void aMessageCannotBeginALineOfText() {
        String line = new LineFormatter(false, "n").format(logged(Level.INFO, "user a\n2026 INFO forged\u001b[31m"));

        assertEquals(1, line.strip().lines().count(), line);
        assertTrue(
                line.endsWith(
                        " INFO io.tidegate.hub: user a\\u000a2026 INFO forged\\u001b[31m" + System.lineSeparator()),
                line);
    }

    private static LogRecord logged(Level level, String message) {
        LogRecord logged = new LogRecord(level, message);
        logged.setLoggerName("io.tidegate.hub");
        logged.setInstant(Instant.parse("2026-01-02T03:04:05.678901Z"));
        return logged;
    }
}
