package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** However many write loops a node has, its clients see the same. */
class SeveralLoopsTest {
    private static final List<String> TOPICS = List.of("tea", "milk", "rum");
    private static final Pattern MESSAGE = Pattern.compile("\"topic\":\"([a-z]+)\".*\"message\":\"([^\"]+)\"");

    /** A client, the topics it subscribes to, and what it has to get. */
    private record Reader(Client client, Set<String> topics, Map<String, List<String>> due) {}

    @Property(tries = 200)
    void eachMessageComesOnceAndInOrderToThoseWhoAreSubscribed(@ForAll long seed) throws Exception {
        for (int loops : new int[] {1, 2, 4}) {
            Random random = new Random(seed);
            try (HubFixture fixture = new HubFixture(loops)) {
                List<Reader> readers = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    step(fixture, random, readers, i);
                }
                for (Reader reader : readers) {
                    assertEquals(reader.due(), got(reader), loops + " loops");
                }
                assertEquals(topics(readers), fixture.hub.topics(), loops + " loops");
                assertEquals(
                        counts(readers),
                        new HashMap<>(fixture.hub.roster().topics("", "").join()),
                        loops + " loops");
            }
        }
    }

    private static void step(HubFixture fixture, Random random, List<Reader> readers, int number) throws Exception {
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        int choice = random.nextInt(10);
        if (readers.isEmpty() || choice == 0) {
            readers.add(new Reader(fixture.connectFull(), new HashSet<>(), new LinkedHashMap<>()));
            return;
        }
        Reader reader = readers.get(random.nextInt(readers.size()));
        if (choice == 1) {
            // Gone: it gets nothing more.
            reader.client().connection().ended();
            reader.topics().clear();
            readers.remove(reader);
        } else if (choice < 5 && reader.topics().add(topic)) {
            reader.client().says("{\"type\":\"subscribe\",\"topic\":\"" + topic + "\"}");
        } else if (choice == 5 && reader.topics().remove(topic)) {
            reader.client().says("{\"type\":\"unsubscribe\",\"topic\":\"" + topic + "\"}");
        } else {
            reader.client().says("{\"topic\":\"" + topic + "\",\"message\":\"m" + number + "\"}");
            for (Reader one : readers) {
                if (one.topics().contains(topic)) {
                    one.due().computeIfAbsent(topic, key -> new ArrayList<>()).add("m" + number);
                }
            }
        }
    }

    private static Map<String, List<String>> got(Reader reader) {
        Map<String, List<String>> got = new LinkedHashMap<>();
        for (String text : reader.client().transport().texts()) {
            Matcher message = MESSAGE.matcher(text);
            if (text.startsWith("{\"type\":\"message\"") && message.find()) {
                got.computeIfAbsent(message.group(1), key -> new ArrayList<>()).add(message.group(2));
            }
        }
        return got;
    }

    private static int topics(List<Reader> readers) {
        Set<String> all = new TreeSet<>();
        readers.forEach(reader -> all.addAll(reader.topics()));
        return all.size();
    }

    private static Map<String, Integer> counts(List<Reader> readers) {
        Map<String, Integer> counts = new HashMap<>();
        readers.forEach(reader -> reader.topics().forEach(topic -> counts.merge(topic, 1, Integer::sum)));
        return counts;
    }

    @Test
    void connectionsAreSharedEquallyAlsoAfterSomeHaveLeft() throws Exception {
        try (HubFixture fixture = new HubFixture(3)) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                clients.add(fixture.connectFull());
            }
            assertEquals(List.of(10, 10, 10), fixture.hub.loops().connections());
            // All of the first loop's and some of the second's.
            for (int i = 0; i < 30; i++) {
                if (i % 3 == 0 || (i % 3 == 1 && i < 15)) {
                    clients.get(i).connection().ended();
                }
            }
            assertEquals(List.of(0, 5, 10), fixture.hub.loops().connections());
            for (int i = 0; i < 15; i++) {
                fixture.connectFull();
            }
            assertEquals(List.of(10, 10, 10), fixture.hub.loops().connections());
        }
    }

    @Test
    void theSubscribersOfASmallTopicShareALoopAndThoseOfALargeOneDoNot() throws Exception {
        try (HubFixture fixture = new HubFixture(2)) {
            for (int room = 0; room < 20; room++) {
                for (int i = 0; i < 10; i++) {
                    fixture.connectFull("room-" + room);
                }
            }
            int rooms = fixture.hub.loops().topicsByLoop().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            assertTrue(rooms <= 28, rooms + " times a loop has a topic, of 20 topics");
            for (int i = 0; i < 400; i++) {
                fixture.connectFull("large");
            }
            List<Integer> connections = fixture.hub.loops().connections();
            assertTrue(Collections.max(connections) <= 1.3 * Collections.min(connections), connections.toString());
        }
    }

    @Test
    void aTopicEndsAtTheRelayWithItsLastLoop() throws Exception {
        try (HubFixture fixture = new HubFixture(2)) {
            Client ann = fixture.connectFull("tea");
            Client ben = fixture.connectFull("tea");
            ann.connection().ended();
            assertEquals(0, Collections.frequency(fixture.relay.subscriptions, "-tea"));
            ben.connection().ended();
            assertEquals(1, Collections.frequency(fixture.relay.subscriptions, "-tea"));
        }
    }
}
