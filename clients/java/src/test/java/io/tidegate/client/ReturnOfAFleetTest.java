package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * All pods of a fleet end at once and are back after a while: how soon its clients are, and what that costs the pods. The
 * backoff's ceiling was chosen by this. Further ceilings: {@code -Dreturn.ceilings=5,10,30}.
 */
class ReturnOfAFleetTest {
    private static final Duration AWAY = Duration.ofSeconds(13);
    private static final HttpClient UNUSED = HttpClient.newHttpClient();
    private static final ScheduledThreadPoolExecutor SCHEDULER = new ScheduledThreadPoolExecutor(0);

    @AfterAll
    static void close() {
        UNUSED.close();
        SCHEDULER.shutdown();
    }

    /**
     * Counted from the moment at which the fleet is back.
     *
     * @param median until half of the clients are live
     * @param last until all are
     * @param handshakes in the busiest second
     * @param tries in the busiest second in which nobody was there
     */
    private record Return(double median, double last, int handshakes, int tries) {}

    @Test
    void clientsAreBackSoonAfterTheirFleetAndDoNotComeAllAtOnce() {
        Return back = measure(10_000, Backoff.DEFAULT);
        assertTrue(back.median() < 6, back.toString());
        assertTrue(back.last() < 12, back.toString());
        assertTrue(back.handshakes() < 3_000, back.toString());
    }

    @Test
    void theCeilingIsAChoice() {
        for (String ceiling : System.getProperty("return.ceilings", "").split(",")) {
            if (!ceiling.isEmpty()) {
                Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(Long.parseLong(ceiling)));
                System.out.println(ceiling + " s: " + measure(10_000, backoff));
            }
        }
        assertTrue(measure(1_000, new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30)))
                        .last()
                > measure(1_000, Backoff.DEFAULT).last());
    }

    private static Return measure(int size, Backoff backoff) {
        ManualTimers timers = new ManualTimers();
        Random random = new Random(17);
        SimulatedFleet fleet = new SimulatedFleet(timers, random, 100);
        fleet.refuses = false;
        long[] liveAt = new long[size];
        List<TidegateClient> clients = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int index = i;
            Options options = Options.of("ws://fleet/chat")
                    .withBackoff(backoff)
                    .withThreads(new Options.Threads(UNUSED, SCHEDULER, Runnable::run))
                    .withStates(change -> {
                        if (change.to() == State.LIVE) {
                            liveAt[index] = timers.nanoTime();
                        }
                    });
            TidegateClient client = new TidegateClient(options, fleet, timers, random);
            client.subscribe("tea", message -> {});
            client.reconnect();
            clients.add(client);
        }
        awaitLive(clients, timers);

        long end = timers.nanoTime();
        fleet.countHandshakesFrom(end);
        fleet.nodes.forEach(node -> node.kill(AWAY));
        timers.advance(AWAY);
        awaitLive(clients, timers);

        long back = end + AWAY.toNanos();
        double[] seconds = Arrays.stream(liveAt)
                .mapToDouble(at -> (at - back) / 1e9)
                .sorted()
                .toArray();
        int[] tries = fleet.handshakes();
        int away = (int) AWAY.toSeconds();
        return new Return(
                seconds[size / 2],
                seconds[size - 1],
                Arrays.stream(tries, away, tries.length).max().orElseThrow(),
                Arrays.stream(tries, 0, away).max().orElseThrow());
    }

    private static void awaitLive(List<TidegateClient> clients, ManualTimers timers) {
        int seconds = 0;
        while (!clients.stream().allMatch(client -> client.state() == State.LIVE)) {
            assertTrue(seconds++ < 100, "not live after 100 s");
            timers.advance(Duration.ofSeconds(1));
        }
    }
}
