package io.tidegate.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server's settings as {@code docs/configuration.md} lists them, which a test of the server holds to its code. */
final class Settings {
    private static final Pattern ROW =
            Pattern.compile("\\| `tidegate\\.([a-z.]+)` \\| (?:`([^`]*)`|empty) \\| ([^|]+) \\| [^|]+ \\|");

    private Settings() {}

    /**
     * A row of the table.
     *
     * @param key without {@code tidegate.}
     * @param fallback the default, possibly empty
     */
    record Row(String key, String fallback, String allowed) {

        /** The key under {@code config}, with a value. */
        String nested(String value) {
            String[] parts = key.split("\\.");
            return "{config: {" + String.join(": {", parts) + ": " + value + "}".repeat(parts.length + 1);
        }
    }

    static List<Row> table() {
        List<Row> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Chart.read("../../docs/configuration.md"));
        while (row.find()) {
            rows.add(new Row(row.group(1), row.group(2) == null ? "" : row.group(2), row.group(3)));
        }
        return rows;
    }
}
