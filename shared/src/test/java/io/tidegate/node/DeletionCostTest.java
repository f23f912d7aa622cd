package io.tidegate.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the annotation is written; {@link KubernetesPodTest} says how. */
final class DeletionCostTest {
    private final List<String> written = new ArrayList<>();
    private int connections;
    private boolean isDown;
    private final DeletionCost cost = new DeletionCost(
            (annotation, value) -> {
                if (isDown) {
                    throw new IOException("down");
                }
                written.add(annotation + "=" + value);
            },
            () -> connections,
            Duration.ofSeconds(30));

    @Test
    void onlyAChangeByMoreThanATenthIsWritten() throws InterruptedException {
        for (int now : List.of(0, 0, 100, 110, 90, 100, 111, 122, 123, 2, 2, 3, 0)) {
            connections = now;
            cost.look();
        }

        assertEquals(List.of(0, 100, 111, 123, 2, 3, 0), numbers());
    }

    @Test
    void whatFailedIsWrittenByTheNextLook() throws InterruptedException {
        connections = 40;
        isDown = true;
        cost.look();
        cost.look();
        assertEquals(List.of(), numbers());

        isDown = false;
        connections = 41;
        cost.look();
        assertEquals(List.of(41), numbers());
    }

    private List<Integer> numbers() {
        String beginning = "controller.kubernetes.io/pod-deletion-cost=";
        return written.stream()
                .map(each -> Integer.valueOf(each.replace(beginning, "")))
                .toList();
    }
}
