package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} to the table of keys. */
final class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String HEAD = "| key | default | allowed | meaning |\n|---|---|---|---|\n";

    @Test
    void tableOnThePageIsTheTableOfKeys() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEAD);
        assertTrue(start >= 0, "no table");
        String table = page.substring(start, page.indexOf("\n\n", start) + 1);

        assertEquals(HEAD + Keys.ALL.stream().map(ConfigurationPageTest::row).collect(Collectors.joining()), table);
    }

    @Test
    void errorsOnThePageAreThoseOfTheServer() throws IOException {
        SettingsException refused = assertThrows(
                SettingsException.class,
                () -> SettingsReader.read(
                        Map.of(
                                "tidegate.port", "http",
                                "tidegate.relay.url", "redis://app:secret@redis:6379/0",
                                "tidegate.drain.window", "30s",
                                "tidegate.limits.per-ip", "20"),
                        Map.of()));

        assertTrue(
                Files.readString(PAGE).contains("```text\n" + refused.getMessage() + "\n```\n"), refused.getMessage());
    }

    private static String row(Key<?> key) {
        String fallback = key.fallback().isEmpty() ? "empty" : "`" + key.fallback() + "`";
        return "| `%s` | %s | %s | %s |\n"
                .formatted(key.name(), fallback, key.format().allowed(), key.meaning());
    }
}
