package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that nobody reaches is no room, for longer each time, until somebody does. */
class TrustTest {
    private static final double MEAN = 50;

    private final Trust trust = new Trust();
    private long now = -7;

    private static NodeReport node(String name, int connections) {
        return new NodeReport(name, 1, "f", name, "se", connections, 0, 1_000, false, null);
    }

    private static Census census(int ghost) {
        return new Census(node("own", 100), List.of(node("good", 60), node("ghost", ghost)));
    }

    /** The others that count as room. */
    private List<String> trusted(int ghost) {
        return trust.of(census(ghost), now).others().stream()
                .map(NodeReport::instance)
                .toList();
    }

    private void tryInVain() {
        trust.begin(census(0), MEAN);
        trust.end(census(0), now);
    }

    @Test
    void aNodeThatHasGrownIsTrusted() {
        trust.begin(census(0), MEAN);
        trust.end(census(1), now);
        assertEquals(List.of("good", "ghost"), trusted(1));
    }

    @Test
    void aNodeThatNobodyReachesIsLeftOutForLongerEachTime() {
        for (int minutes : List.of(2, 10, 50, 60, 60)) {
            tryInVain();
            now += Duration.ofMinutes(minutes).toNanos() - 1;
            assertEquals(List.of("good"), trusted(0), () -> "within " + minutes + " minutes");
            now++;
            assertEquals(List.of("good", "ghost"), trusted(0));
        }
    }

    @Test
    void whoIsReachedAfterAllIsTrustedAtOnceAndBeginsAnew() {
        tryInVain();
        assertEquals(List.of("good"), trusted(0));
        assertEquals(List.of("good", "ghost"), trusted(1));
        tryInVain();
        now += Duration.ofMinutes(2).toNanos();
        assertEquals(List.of("good", "ghost"), trusted(0));
    }

    @Test
    void aNodeThatIsGoneIsForgotten() {
        tryInVain();
        Census without = new Census(node("own", 100), List.of(node("good", 60)));
        assertEquals(without, trust.of(without, now));
        assertEquals(List.of("good", "ghost"), trusted(0));
    }
}
