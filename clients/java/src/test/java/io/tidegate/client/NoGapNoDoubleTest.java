package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the application sees in a fleet where everything goes wrong, compared with what was published. */
class NoGapNoDoubleTest {
    private static final int SEEDS = 25;
    private static final HttpClient UNUSED = HttpClient.newHttpClient();
    private static final ScheduledExecutorService SCHEDULER = Executors.newSingleThreadScheduledExecutor();

    @AfterAll
    static void close() {
        SCHEDULER.shutdown();
        UNUSED.close();
    }

    /** What one subscription was told: indices of messages, or -1 for a gap. */
    private record Log(String topic, List<Integer> told) implements TopicListener {
        @Override
        public void message(Message message) {
            told.add(SimulatedFleet.index(message.position().orElseThrow()));
        }

        @Override
        public void lost(Gap gap) {
            told.add(-1);
        }
    }

    private enum Weather {
        /** Only crashes, drains and refusals, and a history that reaches back: nothing may be missing. */
        HISTORY_REACHES_BACK,
        /** Also short histories and nodes that missed messages: gaps are told. */
        HISTORY_IS_SHORT,
        /** Also publishes of which nobody knows. */
        RELAY_FAILS,
        /** As the first, and tokens of 20 s: none may cost a connection. */
        TOKENS_END,
        /** Also a login service that fails now and then, so that some do. */
        LOGINS_FAIL
    }

    @ParameterizedTest
    @ValueSource(strings = {"HISTORY_REACHES_BACK", "HISTORY_IS_SHORT", "RELAY_FAILS", "TOKENS_END", "LOGINS_FAIL"})
    void everyMessageComesOnceAndInOrderOrIsToldToBeLost(String weather) throws InterruptedException {
        Set<State> seen = EnumSet.noneOf(State.class);
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                World world = new World(seed, Weather.valueOf(weather));
                world.run();
                world.states.forEach(change -> seen.add(change.to()));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertEquals(EnumSet.allOf(State.class), seen);
    }

    private static final class World {
        private final ManualTimers timers = new ManualTimers();
        private final Random random;
        private final Weather weather;
        private final SimulatedFleet fleet;
        private final List<TidegateClient> clients = new ArrayList<>();
        private final List<Log> logs = new ArrayList<>();
        private final List<CompletableFuture<Ack>> acks = new ArrayList<>();
        private final List<List<String>> published = new ArrayList<>();
        private final List<StateChange> states = new ArrayList<>();

        World(int seed, Weather weather) {
            this.random = new Random(seed);
            this.weather = weather;
            int history = weather == Weather.HISTORY_IS_SHORT ? 5 + random.nextInt(20) : 100_000;
            fleet = new SimulatedFleet(timers, random, history);
            boolean tokens = weather == Weather.TOKENS_END || weather == Weather.LOGINS_FAIL;
            fleet.issuer.life = tokens ? Duration.ofSeconds(20) : null;
            fleet.issuer.everyNthFails = weather == Weather.LOGINS_FAIL ? 3 : 0;
            fleet.everyNthPublishFails = weather == Weather.RELAY_FAILS ? 7 : 0;
        }

        void run() throws InterruptedException {
            for (int i = 0; i < 4; i++) {
                connect();
            }
            for (int step = 0; step < 400; step++) {
                if (random.nextInt(3) > 0) {
                    publish(random.nextInt(clients.size()), step);
                }
                if (random.nextInt(12) == 0) {
                    fault();
                }
                if (random.nextInt(25) == 0) {
                    subscribe(random.nextInt(clients.size()), "late-" + logs.size());
                }
                timers.advance(Duration.ofMillis(random.nextInt(250)));
            }
            timers.advance(Duration.ofMinutes(3));
            publishLast();
            timers.advance(Duration.ofSeconds(10));
            verify();
            close();
        }

        private void connect() {
            Options options = Options.of("ws://fleet/chat")
                    .withBackoff(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2)))
                    .withBounds(new Options.Bounds(100_000, 100_000, Duration.ofSeconds(3)))
                    .withThreads(new Options.Threads(UNUSED, SCHEDULER, Runnable::run))
                    .withStates(states::add);
            if (fleet.issuer.isClosed()) {
                options = options.withAsyncToken(() -> fleet.issuer.give(Duration.ofMillis(random.nextInt(500))));
            }
            TidegateClient client = new TidegateClient(options, fleet, timers, random);
            client.reconnect();
            clients.add(client);
            published.add(new ArrayList<>());
            int index = clients.size() - 1;
            subscribe(index, "tea");
            subscribe(index, "coffee");
        }

        private void subscribe(int client, String topic) {
            Log log = new Log(topic, new ArrayList<>());
            clients.get(client).subscribe(topic, log);
            logs.add(log);
        }

        private void publish(int client, int step) throws InterruptedException {
            String topic = random.nextBoolean() ? "tea" : "coffee";
            if (random.nextInt(5) == 0) {
                topic = logs.get(random.nextInt(logs.size())).topic();
            }
            String message = "\"" + client + ":" + step + "\"";
            acks.add(clients.get(client).publish(topic, message));
            published.get(client).add(topic + " " + message);
        }

        private void publishLast() throws InterruptedException {
            for (Log log : List.copyOf(logs)) {
                acks.add(clients.getFirst().publish(log.topic(), "\"last\""));
            }
        }

        private void fault() {
            SimulatedNode node = fleet.nodes.get(random.nextInt(fleet.nodes.size()));
            int kind = random.nextInt(6);
            if (kind == 0) {
                node.kill();
            } else if (kind == 1) {
                node.drain();
            } else {
                node.disturbOne(weather == Weather.HISTORY_IS_SHORT);
            }
        }

        private void verify() {
            if (weather == Weather.TOKENS_END) {
                assertEquals(0, fleet.issuer.expired, "connections that ended with their token");
                assertEquals(0, fleet.issuer.refused, "handshakes with a token that was over");
                assertTrue(fleet.issuer.calls() > 4 * 8, "renewals: " + fleet.issuer.calls());
            }
            for (Log log : logs) {
                verify(log);
            }
            Set<String> positions = new HashSet<>();
            for (CompletableFuture<Ack> future : acks) {
                assertTrue(future.isDone(), "a publish was not acknowledged");
                Ack ack = future.join();
                assertTrue(positions.add(ack.topic() + ack.position().orElseThrow()), "two publishes at one position");
                assertEquals(
                        fleet.log(ack.topic())
                                .get(SimulatedFleet.index(ack.position().orElseThrow()))
                                .id(),
                        ack.id());
            }
            if (weather != Weather.RELAY_FAILS) {
                verifyOrderOfPublishers();
            }
        }

        private void verify(Log log) {
            int before = -1;
            boolean gap = true;
            int gaps = 0;
            for (int index : log.told()) {
                if (index == -1) {
                    gap = true;
                    gaps++;
                } else {
                    String where = log.topic() + ": " + index + " after " + before;
                    assertTrue(index > before, where);
                    assertTrue(gap || index == before + 1, where + ", a silent gap");
                    gap = false;
                    before = index;
                }
            }
            assertEquals(fleet.log(log.topic()).size() - 1, before, "the end is missing in " + log.topic());
            assertTrue(gaps <= fleet.gapsTold, "a gap that no server told");
        }

        private void verifyOrderOfPublishers() {
            for (int client = 0; client < clients.size(); client++) {
                String own = "\"" + client + ":";
                for (String topic : List.of("tea", "coffee")) {
                    List<String> inLog = fleet.log(topic).stream()
                            .map(SimulatedFleet.Entry::message)
                            .filter(message -> message.startsWith(own))
                            .toList();
                    List<String> sent = published.get(client).stream()
                            .filter(text -> text.startsWith(topic + " "))
                            .map(text -> text.substring(topic.length() + 1))
                            .toList();
                    assertEquals(sent, inLog, "order of publisher " + client);
                }
            }
        }

        private void close() {
            clients.forEach(TidegateClient::close);
            timers.advance(Duration.ofMinutes(1));
            assertEquals(0, timers.waiting(), "timers outlive their client");
        }
    }
}
