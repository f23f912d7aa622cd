package io.tidegate.access;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings.Patterns;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a client asks: nothing of a topic outside its patterns comes to it, and it changes nothing there. */
class RightsOfAClientTest {
    private static final List<String> TOPICS = List.of("a", "b", "a.x", "b.x", "user:ann", "user:ben");
    private static final List<String> PATTERNS = List.of("a", "a.*", "b*", "user:{user}", "*", "nothing");
    private static final Pattern FRAME =
            Pattern.compile("\\{\"type\":\"([a-z-]+)\".*?\"topic\":\"([^\"]+)\".*", Pattern.DOTALL);
    private static final int STEPS = 30;

    @Property(tries = 150)
    void nothingOutsideItsPatternsIsDeliveredSubscribedResumedPublishedOrVisible(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Patterns patterns = new Patterns(some(random), some(random), some(random));
        Rights rights = Rights.of(Optional.of("ann"), patterns);
        try (HubFixture fixture = new HubFixture(Map.of())) {
            Client all = fixture.connectAs("root");
            for (String topic : TOPICS) {
                all.says("{\"type\":\"subscribe\",\"topic\":\"%s\",\"presence\":true}".formatted(topic));
            }
            Client ann = fixture.connectAs("ann", rights);
            Set<String> named = new HashSet<>();
            for (int i = 0; i < STEPS; i++) {
                String topic = TOPICS.get(random.nextInt(TOPICS.size()));
                named.add(topic);
                ann.says(question(random, topic, i));
                all.says(published(TOPICS.get(random.nextInt(TOPICS.size())), "r" + i));
            }
            for (String text : ann.transport().texts()) {
                check(text, rights, named);
            }
            for (String text : all.transport().texts()) {
                Matcher frame = FRAME.matcher(text);
                if (frame.matches() && frame.group(1).equals("message") && text.contains("\"user\":\"ann\"")) {
                    assertTrue(rights.mayPublish(new Topic(frame.group(2))), text);
                }
            }
        }
    }

    private static List<String> some(Random random) {
        List<String> some = new ArrayList<>(PATTERNS);
        some.removeIf(pattern -> random.nextInt(3) > 0);
        return some;
    }

    private static String question(Random random, String topic, int number) {
        String subscribe = "{\"type\":\"subscribe\",\"topic\":\"" + topic + "\"";
        return switch (random.nextInt(6)) {
            case 0 -> subscribe + "}";
            case 1 -> subscribe + ",\"last\":5}";
            case 2 -> subscribe + ",\"after\":\"abc-1\"}";
            case 3 -> subscribe + ",\"presence\":true}";
            case 4 -> "{\"type\":\"unsubscribe\",\"topic\":\"" + topic + "\"}";
            default -> published(topic, "m" + number);
        };
    }

    private static String published(String topic, String id) {
        return "{\"type\":\"publish\",\"topic\":\"%s\",\"id\":\"%s\",\"message\":1}".formatted(topic, id);
    }

    private static void check(String text, Rights rights, Set<String> named) {
        Matcher frame = FRAME.matcher(text);
        if (!frame.matches()) {
            return;
        }
        Topic topic = new Topic(frame.group(2));
        boolean right = switch (frame.group(1)) {
            case "message", "subscribed", "unsubscribed" -> rights.maySubscribe(topic);
            case "ack" -> rights.mayPublish(topic);
            case "presence", "join", "leave" -> rights.maySubscribe(topic) && rights.maySeePresence(topic);
            // An error says what the client has said itself.
            default -> named.contains(topic.name());
        };
        assertTrue(right, text);
    }
}
