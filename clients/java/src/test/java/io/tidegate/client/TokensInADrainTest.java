package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How often, and when, the clients of a fleet ask for tokens while its nodes are drained: a drain is no storm on the login service. */
class TokensInADrainTest {
    private static final int CLIENTS = 300;
    private static final HttpClient UNUSED = HttpClient.newHttpClient();
    private static final ScheduledThreadPoolExecutor SCHEDULER = new ScheduledThreadPoolExecutor(0);

    private final ManualTimers timers = new ManualTimers();
    private final Random random = new Random(5);
    private final SimulatedFleet fleet = new SimulatedFleet(timers, random, 100);
    private final List<Member> members = new ArrayList<>();
    /** Of all calls while nodes are drained. */
    private final List<Long> asked = new ArrayList<>();

    @AfterAll
    static void close() {
        UNUSED.close();
        SCHEDULER.shutdown();
    }

    private final class Member {
        private boolean leaves;
        private int drains;
        private int calls;
        private int most;

        void changed(StateChange change) {
            boolean now = change.to() == State.LEAVING || change.to() == State.HANDING_OVER;
            if (now && !leaves) {
                drains++;
                calls = 0;
            }
            leaves = now;
        }

        void isAsked() {
            asked.add(timers.nanoTime());
            if (leaves) {
                calls++;
                most = Math.max(most, calls);
            }
        }
    }

    private void start(Duration life) {
        fleet.issuer.life = life;
        fleet.refuses = false;
        for (int i = 0; i < CLIENTS; i++) {
            Member member = new Member();
            members.add(member);
            Options options = Options.of("ws://fleet/chat")
                    .withThreads(new Options.Threads(UNUSED, SCHEDULER, Runnable::run))
                    .withStates(member::changed)
                    .withAsyncToken(() -> {
                        member.isAsked();
                        return fleet.issuer.give(Duration.ofMillis(random.nextInt(100)));
                    });
            TidegateClient client = new TidegateClient(options, fleet, timers, random);
            client.subscribe("tea", message -> {});
            client.reconnect();
        }
        timers.advance(Duration.ofSeconds(30));
    }

    private void replaceEveryNode() {
        for (SimulatedNode node : fleet.nodes) {
            node.drain();
            timers.advance(Duration.ofSeconds(20));
        }
    }

    @Test
    void aDrainAsksEachClientOnceAtMostAndCostsNoConnection() {
        start(Duration.ofSeconds(20));
        replaceEveryNode();
        assertTrue(members.stream().mapToInt(member -> member.drains).sum() > CLIENTS, "hand-overs");
        assertEquals(1, members.stream().mapToInt(member -> member.most).max().orElseThrow());
        assertEquals(0, fleet.issuer.expired + fleet.issuer.refused);
    }

    @Test
    void tokensThatLastAreNotAskedForInADrain() {
        start(Duration.ofHours(1));
        asked.clear();
        replaceEveryNode();
        assertTrue(members.stream().mapToInt(member -> member.drains).sum() > CLIENTS, "hand-overs");
        assertEquals(List.of(), asked);
    }

    /** All were given their tokens together, and these end half a minute after the drain. */
    @Test
    void whatADrainAsksForIsSpreadOverIt() {
        start(Duration.ofSeconds(90));
        asked.clear();
        fleet.nodes.getFirst().drain();
        timers.advance(Duration.ofSeconds(4));
        int inOne = 0;
        for (int ms = 0; ms < 4_000; ms += 100) {
            long from = timers.nanoTime() - Duration.ofMillis(4_000 - ms).toNanos();
            inOne = Math.max(inOne, (int) asked.stream()
                    .filter(at -> at >= from && at < from + 100_000_000L)
                    .count());
        }
        assertTrue(asked.size() > CLIENTS / 5, asked.size() + " calls");
        assertTrue(inOne < asked.size() / 4, inOne + " of " + asked.size() + " in a tenth of a second");
    }
}
