package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Contract, section 4: what the server sends from history waits for its reader, over all topics of a connection. */
abstract class HistoryPaceContract extends OneServer {
    private static final int TOPICS = 64;
    private static final int EACH = 5;
    private static final int BYTES = 50_000;
    private static final long BYTES_PER_SECOND = 4_000_000;

    @Test
    void whoComesBackToManyTopicsAndReadsSlowlyGetsAllInOrder() {
        comesBackTo("many", TOPICS, EACH);
    }

    @Test
    void whoComesBackToOneTopicAndReadsSlowlyGetsAllInOrder() {
        comesBackTo("one", 1, TOPICS * EACH);
    }

    private void comesBackTo(String name, int topics, int each) {
        Map<String, String> positions = new HashMap<>();
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            for (int topic = 0; topic < topics; topic++) {
                positions.put(name + topic, publish(ann, name + topic, 0, ""));
                for (int i = 1; i <= each; i++) {
                    publish(ann, name + topic, i, "x".repeat(BYTES));
                }
            }
        }
        try (FullClient ben = FullClient.connect(server.port(), "")) {
            positions.forEach(ben::resume);
            Map<String, List<String>> got = new HashMap<>();
            long begun = System.nanoTime();
            for (long read = 0, messages = 0; messages < (long) topics * each; ) {
                Frame frame = new Frame(ben.raw().message());
                String topic = frame.field("topic");
                if (frame.type().equals("message")) {
                    assertTrue(got.containsKey(topic), () -> topic + " is not subscribed yet");
                    got.computeIfAbsent(topic, missing -> new ArrayList<>()).add(frame.field("user"));
                    messages++;
                } else {
                    assertEquals("subscribed", frame.type(), frame.json());
                    assertEquals("true", frame.field("recovered"));
                    assertEquals(positions.get(topic), frame.position());
                    got.put(topic, new ArrayList<>());
                }
                read += frame.json().length();
                LockSupport.parkNanos(begun + TimeUnit.SECONDS.toNanos(read) / BYTES_PER_SECOND - System.nanoTime());
            }
            List<String> all = new ArrayList<>();
            for (int i = 1; i <= each; i++) {
                all.add("u" + i);
            }
            positions.keySet().forEach(topic -> assertEquals(all, got.get(topic), topic));
            ben.says("{\"type\":\"ping\"}");
            ben.expect("pong");
        }
    }

    private static String publish(FullClient client, String topic, int number, String message) {
        client.says("{\"topic\":\"%s\",\"user\":\"u%d\",\"message\":\"%s\",\"id\":%d}"
                .formatted(topic, number, message, number));
        return client.expect("ack").position();
    }
}
