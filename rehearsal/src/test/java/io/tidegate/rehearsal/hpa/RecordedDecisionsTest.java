package io.tidegate.rehearsal.hpa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * What the real HPA of Kubernetes 1.36 and KEDA 2.21 did with Deployments whose load went from 10 to 115 and back, where 20 were
 * wanted a pod, with a look each 5 s; and what is decided here at the same loads. Of these the numbers of replicas are recorded, in
 * their order; of a surge on a cluster ({@code ./tidegate rehearse --cluster}) every status of the HPA, with its moment.
 */
class RecordedDecisionsTest {
    private static final int LOOKS = 24;

    /** Between two looks of the HPA, in s. */
    private static final double SYNC = 15;

    /** When the first look of the recording was, in s. */
    private static final double FIRST = 11.5;

    private static final Behavior BEHAVIOR = new Behavior(rules(0, 4), rules(15, 2));

    private final Autoscaler autoscaler = new Autoscaler(1, 10, Optional.of(BEHAVIOR));
    private int now;
    private int replicas = 1;

    @Test
    void theSumOfTheFleet() {
        assertEquals(List.of(1), changes(current -> 10));
        assertEquals(List.of(1, 5, 6), changes(current -> 115));
        assertEquals(List.of(6, 4, 2, 1), changes(current -> 10));
    }

    @Test
    void theMeanOfAPodDividedAgain() {
        assertEquals(List.of(1), changes(current -> 10.0 / current));
        assertEquals(
                List.of(1, 5, 3, 2, 3, 2, 3, 2, 3),
                changes(current -> 115.0 / current).subList(0, 9));
    }

    /**
     * Each status that differs from the one before is one look of the real HPA; where none came, its look changed nothing. They
     * were seen up to a second late, so their moments are taken from their number.
     */
    @Test
    void aSurgeOnAClusterLookByLook() throws IOException {
        JsonNode statuses = read("/recorded/surge.json");
        Rules up = new Rules(
                Duration.ZERO, List.of(new Policy(Policy.Type.PERCENT, 100, Duration.ofSeconds(30))), Rules.Select.MAX);
        Rules down = new Rules(
                Duration.ofMinutes(4),
                List.of(new Policy(Policy.Type.PODS, 1, Duration.ofMinutes(2))),
                Rules.Select.MAX);
        Autoscaler surge = new Autoscaler(2, 50, Optional.of(new Behavior(up, down)));
        List<String> decided = new ArrayList<>();
        List<String> recorded = new ArrayList<>();
        int look = 0;
        for (int i = 1; i < statuses.size(); i++) {
            JsonNode status = statuses.get(i);
            int next = i + 1 < statuses.size() ? lookAt(statuses.get(i + 1)) : look + 1;
            int current = status.get("current").asInt();
            int desired = status.get("desired").asInt();
            // Connections are whole; the status has them a pod, rounded up.
            double load = Math.round(status.at("/averages/connections").asDouble() * current);
            for (; look < next; look++) {
                recorded.add(look + ": " + desired);
                decided.add(look + ": " + decide(surge, look, current, load));
                current = desired;
            }
        }
        assertEquals(recorded, decided);
    }

    /** Looks since the first that was recorded. */
    private static int lookAt(JsonNode status) {
        return (int) Math.round((status.get("at").asDouble() - FIRST) / SYNC);
    }

    /** The controller counts its 15 s from the end of one look to the next, so that a window of 240 s is over at the 16th. */
    private static int decide(Autoscaler autoscaler, int look, int current, double load) {
        return autoscaler
                .decide(Duration.ofMillis(look * 15_005L), current, List.of(Reading.Value.of("connections", load, 40)))
                .replicas();
    }

    private static JsonNode read(String resource) throws IOException {
        try (InputStream file = RecordedDecisionsTest.class.getResourceAsStream(resource)) {
            return new ObjectMapper().readTree(file);
        }
    }

    private List<Integer> changes(IntToDoubleFunction answer) {
        List<Integer> changes = new ArrayList<>(List.of(replicas));
        for (int i = 0; i < LOOKS; i++) {
            Reading reading = Reading.Value.of("load", answer.applyAsDouble(replicas), 20);
            replicas = autoscaler
                    .decide(Duration.ofSeconds(now), replicas, List.of(reading))
                    .replicas();
            now += 5;
            if (replicas != changes.getLast()) {
                changes.add(replicas);
            }
        }
        return changes;
    }

    private static Rules rules(int window, int pods) {
        return new Rules(
                Duration.ofSeconds(window),
                List.of(new Policy(Policy.Type.PODS, pods, Duration.ofSeconds(5))),
                Rules.Select.MAX);
    }
}
