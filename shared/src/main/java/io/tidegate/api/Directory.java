package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.api.FleetMessage.Kind;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Lists connections and topics of the whole fleet, and closes connections. */
final class Directory {
    /** The largest number of topics in one answer. */
    static final int MOST = 1_000;

    private static final int DEFAULT = 100;

    private static final Pattern TOPICS = Pattern.compile(Topic.PATTERN + "=[0-9]{1,7}|/=[0-9]{1,7}");

    private final FleetCalls calls;

    Directory(FleetCalls calls) {
        this.calls = calls;
    }

    Answer connections(String user) {
        FleetCalls.Found found = calls.ask(new FleetMessage(Kind.ASK_CONNECTIONS, "user", user));
        List<String> items =
                found.items().stream().filter(item -> !item.isEmpty()).toList();
        return Answer.json("{\"connections\":[" + String.join(",", items) + "],\"complete\":" + found.whole() + "}");
    }

    Answer nodes() {
        FleetCalls.Found found = calls.ask(new FleetMessage(Kind.ASK_NODES));
        return Answer.json("{\"nodes\":[" + String.join(",", found.items()) + "],\"complete\":" + found.whole() + "}");
    }

    Answer topics(Query query) {
        String prefix = query.get("prefix").orElse("");
        String after = query.get("after").orElse("");
        switch (query.number("limit", DEFAULT, MOST)) {
            case Bad<Integer> bad -> {
                return Answer.problem(400, bad.why());
            }
            case Good<Integer> limit -> {
                FleetCalls.Found found = calls.ask(new FleetMessage(Kind.ASK_TOPICS, "prefix", prefix, "after", after));
                return topics(found, limit.value());
            }
        }
    }

    private static Answer topics(FleetCalls.Found found, int limit) {
        TreeMap<String, Integer> sums = new TreeMap<>();
        for (String items : found.items()) {
            for (String item : items.isEmpty() ? new String[0] : items.split(",")) {
                int equals = item.indexOf('=');
                sums.merge(item.substring(0, equals), Integer.parseInt(item.substring(equals + 1)), Integer::sum);
            }
        }
        List<String> topics = new ArrayList<>();
        String last = "";
        for (var sum : sums.entrySet()) {
            if (topics.size() == limit) {
                break;
            }
            last = sum.getKey();
            topics.add("{\"topic\":\"" + last + "\",\"subscribers\":" + sum.getValue() + "}");
        }
        String next = sums.size() > limit ? StrictJson.quoted(last) : "null";
        return Answer.json("{\"topics\":[" + String.join(",", topics) + "],\"next\":" + next + ",\"complete\":"
                + found.whole() + "}");
    }

    /** Whether a node's answer has the form that {@link #topics} reads. */
    static boolean areTopics(String items) {
        String[] each = items.split(",", -1);
        return items.isEmpty()
                || (each.length <= MOST + 1
                        && Arrays.stream(each)
                                .allMatch(item -> TOPICS.matcher(item).matches()));
    }

    /** Whether a node's answer may be put into a JSON array. */
    static boolean areObjects(String items) {
        return items.isEmpty()
                || StrictJson.array(("[" + items + "]").getBytes(UTF_8), Integer.MAX_VALUE) instanceof Good<?>;
    }

    Answer throwOutUser(String user) {
        return done(new FleetMessage(Kind.THROW_OUT_USER, "user", user));
    }

    Answer throwOutConnection(String connection) {
        return done(new FleetMessage(Kind.THROW_OUT_CONNECTION, "connection", connection));
    }

    Answer unsubscribe(String user, Topic topic) {
        return done(new FleetMessage(Kind.UNSUBSCRIBE, "user", user, "topic", topic.name()));
    }

    private Answer done(FleetMessage words) {
        return calls.order(words)
                ? Answer.noContent()
                : Answer.problem(
                                503, "done on this node only, because the relay is unavailable; send the request again")
                        .with("Retry-After", Api.RETRY_SECONDS);
    }
}
