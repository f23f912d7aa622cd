package io.tidegate.charts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of values in Markdown, from the comments of values.yaml: sections, prose and one line for each value. */
final class ValuesTable {
    private static final Pattern PARAM = Pattern.compile("\\s*## @param (\\S+) (.+)");
    private static final Pattern SECTION = Pattern.compile("## @section (.+)");
    private static final Pattern TEXT = Pattern.compile("## ([^@].*)");
    private static final String HEAD = "| value | default | meaning |\n|---|---|---|\n";

    private ValuesTable() {}

    /**
     * Makes the table.
     *
     * @throws AssertionError where a comment names no value, or a value has no comment
     */
    static String of(String text, JsonNode values) {
        StringBuilder table = new StringBuilder();
        List<String> described = new ArrayList<>();
        boolean headed = false;
        for (String line : text.lines().toList()) {
            Matcher section = SECTION.matcher(line);
            Matcher param = PARAM.matcher(line);
            Matcher prose = TEXT.matcher(line);
            if (section.matches()) {
                table.append("\n### ").append(section.group(1)).append("\n\n");
                headed = false;
            } else if (param.matches()) {
                table.append(headed ? "" : headed(table)).append(row(param.group(1), param.group(2), values));
                described.add(param.group(1));
                headed = true;
            } else if (prose.matches()) {
                table.append(prose.group(1)).append('\n');
            }
        }
        requireAll("", values, described);
        return table.append('\n').toString();
    }

    private static String headed(StringBuilder table) {
        return (table.toString().endsWith("\n\n") ? "" : "\n") + HEAD;
    }

    private static String row(String name, String meaning, JsonNode values) {
        JsonNode value = values.at("/" + name.replace('.', '/'));
        if (value.isMissingNode()) {
            throw new AssertionError("@param " + name + " names no value");
        }
        String shown = value.isTextual() ? value.asText() : value.toString();
        return "| `%s` | %s | %s |\n".formatted(name, shown.isEmpty() ? "empty" : "`" + shown + "`", meaning);
    }

    private static void requireAll(String path, JsonNode node, List<String> described) {
        if (described.contains(path)) {
            return;
        }
        if (!node.isObject() || node.isEmpty()) {
            throw new AssertionError(path + " has no @param comment");
        }
        node.properties()
                .forEach(each -> requireAll(
                        path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue(), described));
    }
}
