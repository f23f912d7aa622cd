package io.tidegate.charts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What a render gave.
 *
 * @param objects by kind and name: {@code Deployment/chat-tidegate}
 */
record Rendered(Map<String, JsonNode> objects) {

    static Rendered of(List<JsonNode> documents) {
        Map<String, JsonNode> objects = new TreeMap<>();
        for (JsonNode document : documents) {
            String name = document.path("kind").asText() + "/"
                    + document.at("/metadata/name").asText();
            if (objects.put(name, document) != null) {
                throw new AssertionError("rendered twice: " + name);
            }
        }
        return new Rendered(objects);
    }

    /** An object by kind and name; fails where there is none. */
    JsonNode get(String object) {
        JsonNode found = objects.get(object);
        if (found == null) {
            throw new AssertionError("no " + object + " among " + objects.keySet());
        }
        return found;
    }

    /** What an environment variable of the server is set to; fails where it is not. */
    String variable(String name) {
        for (JsonNode object : objects.values()) {
            if (object.path("kind").asText().equals("Deployment")) {
                for (JsonNode each : object.at("/spec/template/spec/containers/0/env")) {
                    if (each.path("name").asText().equals(name)) {
                        return each.path("value").asText();
                    }
                }
            }
        }
        throw new AssertionError("the server has no " + name);
    }

    /**
     * What is different in another render, to the last value: one line each, as {@code object path: before → after}. Lists
     * of things that have a name (containers, variables, ports) are compared by name.
     */
    List<String> differences(Rendered after) {
        List<String> lines = new ArrayList<>();
        compare("", objects, after.objects, lines);
        return lines;
    }

    private static void compare(
            String path, Map<String, JsonNode> before, Map<String, JsonNode> after, List<String> lines) {
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            String at = path.isEmpty() ? key : path + (path.contains(" ") ? "." : " ") + key;
            compare(
                    at,
                    before.getOrDefault(key, MissingNode.getInstance()),
                    after.getOrDefault(key, MissingNode.getInstance()),
                    lines);
        }
    }

    private static void compare(String path, JsonNode before, JsonNode after, List<String> lines) {
        if (before.equals(after)) {
            return;
        }
        boolean trees = before.isContainerNode() && after.isContainerNode();
        if (trees && before.isArray() == after.isArray()) {
            compare(path, members(before), members(after), lines);
        } else {
            lines.add(path + ": " + shown(before) + " → " + shown(after));
        }
    }

    private static Map<String, JsonNode> members(JsonNode container) {
        Map<String, JsonNode> members = new TreeMap<>();
        if (container.isObject()) {
            container.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        } else {
            IntStream.range(0, container.size()).forEach(i -> members.put(label(container, i), container.get(i)));
        }
        return members;
    }

    private static String label(JsonNode list, int index) {
        JsonNode name = list.get(index).path("name");
        return "[" + (name.isTextual() ? name.asText() : index) + "]";
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "absent" : node.toString();
    }
}
