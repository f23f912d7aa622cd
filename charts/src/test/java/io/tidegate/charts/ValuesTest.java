package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** values.yaml, its schema, the table in the chart's README and the server's settings say the same. */
final class ValuesTest {
    private static final String BEGIN = "<!-- values: made of the comments in values.yaml -->\n";
    private static final String END = "<!-- end of the values -->";

    /** Settings that the chart works out or takes from a Secret, and why each is not in {@code config}. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("node", "the pod's name"),
            Map.entry("cost.interval", "podDeletionCost.interval"),
            Map.entry("fleet.revision", "rollout.moveOnce"),
            Map.entry("tls.certificate", "tls.existingSecret"),
            Map.entry("tls.key", "tls.existingSecret"),
            Map.entry("tls.clients", "tls.clientsKey"),
            Map.entry("tls.management", "tls.management"),
            Map.entry("tracing.enabled", "tracing.enabled"),
            Map.entry("relay.config", "redis.configKey"),
            Map.entry("relay.username", "redis.usernameKey"),
            Map.entry("relay.password", "redis.passwordKey"),
            Map.entry("relay.ca", "redis.ca"),
            Map.entry("auth.secret", "auth.secretKey"),
            Map.entry("api.keys", "api.keysKey"));

    /** Defaults that are other than the server's: a fleet needs Redis, and a prefix of its own; the path is that of the route. */
    private static final Map<String, String> OTHER =
            Map.of("relay.url", "redis://redis:6379", "relay.prefix", "", "fleet.name", "", "path", "");

    /** Of the chart alone. */
    private static final String OPEN = "auth.open";

    private static final JsonNode VALUES = Chart.yaml(Chart.read("values.yaml"));

    @Test
    void configHasEverySettingOfTheServerWithItsDefault() {
        Map<String, String> expected = new TreeMap<>();
        Settings.table().stream()
                .filter(row -> !ELSEWHERE.containsKey(row.key()))
                .forEach(row -> expected.put(row.key(), OTHER.getOrDefault(row.key(), row.fallback())));
        Map<String, String> actual = new TreeMap<>();
        leaves("", VALUES.path("config"), actual);
        assertEquals("false", actual.remove(OPEN));

        assertTrue(expected.size() > 20, "the table was not found");
        assertEquals(expected, actual);
    }

    @Test
    void schemaKnowsEveryValueAndNoOther() throws IOException {
        JsonNode schema = Chart.YAML.readTree(Chart.read("values.schema.json"));

        assertEquals(List.of(), missing("", VALUES, schema));
    }

    @Test
    void readmeListsEveryValueWithItsDefault() throws IOException {
        String readme = Chart.read("README.md");
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertTrue(begin >= BEGIN.length() && end >= begin, "no table of values");
        String table = ValuesTable.of(Chart.read("values.yaml"), VALUES);
        if (Boolean.getBoolean("update")) {
            Files.writeString(
                    Chart.HOME.resolve("README.md"), readme.substring(0, begin) + table + readme.substring(end));
            return;
        }

        assertEquals(table, readme.substring(begin, end));
    }

    private static void leaves(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(each ->
                            leaves(path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue(), into));
        } else {
            into.put(path, node.asText());
        }
    }

    /** Keys that stand in only one of both; below an object that is free in the schema nothing is compared. */
    private static List<String> missing(String path, JsonNode values, JsonNode schema) {
        if (schema.path("properties").isMissingNode()) {
            return List.of();
        }
        if (schema.path("additionalProperties").asBoolean(true)) {
            return List.of(path + ": the schema lets unknown keys pass");
        }
        if (values.isEmpty()) {
            // More fields of somebody else's object: the schema alone lists them.
            return List.of();
        }
        TreeSet<String> keys = new TreeSet<>();
        values.fieldNames().forEachRemaining(keys::add);
        schema.path("properties").fieldNames().forEachRemaining(keys::add);
        keys.remove("global"); // Helm's own: present in every subchart
        return keys.stream()
                .flatMap(key -> values.has(key) && schema.path("properties").has(key)
                        ? missing(
                                path + "/" + key,
                                values.path(key),
                                schema.path("properties").path(key))
                                .stream()
                        : List.of(path + "/" + key + " stands in only one of values and schema").stream())
                .collect(Collectors.toList());
    }
}
