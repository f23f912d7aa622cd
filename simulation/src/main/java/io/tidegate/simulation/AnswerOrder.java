package io.tidegate.simulation;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that the answers of one connection have the order of its requests, topic by topic. */
final class AnswerOrder {
    private static final Pattern TYPE = Pattern.compile("^\\{\"type\":\"([a-z-]+)\"");
    private static final Pattern TOPIC = Pattern.compile("\"topic\":\"([^\"]+)\"");

    private static final String RESUME = "subscribe after a position";

    private final World world;
    private final String name;
    private final Map<String, ArrayDeque<String>> asked = new HashMap<>();

    AnswerOrder(World world, String name) {
        this.world = world;
        this.name = name;
    }

    /** The client sends this frame. */
    void ask(String text) {
        String type = first(TYPE, text);
        if (type != null && (type.equals("subscribe") || type.equals("unsubscribe"))) {
            asked(first(TOPIC, text)).add(text.contains("\"after\":") ? RESUME : type);
        }
    }

    /** The server sends this frame; returns the request that it answers, null if it answers no subscribe or unsubscribe. */
    @Nullable
    String answer(String text) {
        String type = first(TYPE, text);
        boolean error = "error".equals(type) && !text.contains("\"id\":");
        if (!error && !"subscribed".equals(type) && !"unsubscribed".equals(type)) {
            return null;
        }
        String topic = first(TOPIC, text);
        String next = asked(topic).peek();
        boolean recovered = text.contains("\"recovered\":true");
        // A gap can answer only a request that names a position; any other gap is told without a request.
        boolean fits = RESUME.equals(next) || ("subscribe".equals(next) && recovered);
        if ("subscribed".equals(type) && !fits) {
            if (recovered) {
                world.violate(name + " is answered what it did not ask, where " + next + " is next: " + text);
            }
            return null;
        }
        if (next == null || ("unsubscribed".equals(type) && !"unsubscribe".equals(next))) {
            world.violate(name + " is answered out of order, where " + next + " is next: " + text);
            return null;
        }
        return asked(topic).remove();
    }

    /** Requests on a topic that have no answer. */
    int unanswered(String topic) {
        return asked(topic).size();
    }

    int unanswered() {
        return asked.values().stream().mapToInt(ArrayDeque::size).sum();
    }

    private ArrayDeque<String> asked(@Nullable String topic) {
        return asked.computeIfAbsent(topic == null ? "" : topic, key -> new ArrayDeque<>());
    }

    static @Nullable String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }
}
