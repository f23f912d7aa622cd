package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientPool;
import io.tidegate.testing.ClientPool.Client;
import io.tidegate.testing.MostlyWaits;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract, section 5: the nodes of a fleet know of each other, and one that holds too much hands it over. */
abstract class RebalanceContract {
    private static final int CLIENTS = 40;
    private static final int MINIMUM = 2;
    private static final long BETWEEN_MESSAGES = Duration.ofMillis(10).toNanos();
    private static final String HANDING_OVER = "Sec-WebSocket-Protocol: tidegate.v1, tidegate.handover";
    private static final Duration TO_EVEN_OUT = Duration.ofSeconds(30);

    abstract Path jar();

    /** What the second server of a fleet runs. */
    Path secondJar() {
        return jar();
    }

    @Test
    @MostlyWaits
    void aCrowdSpreadsToANodeThatAppearsAndMissesNothing() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, Map.of("tidegate.node", "a"));
                Roamers pool = new Roamers("tea")) {
            pool.join(CLIENTS, a.port());
            try (ServerProcess b = ready(secondJar(), redis, Map.of("tidegate.node", "b"));
                    FullClient publisher = FullClient.connect(b.port(), "")) {
                pool.moveTo(b.port());
                int[] published = {0};
                Supplier<String> soFar = () -> "it has handed over enough, so far " + pool.moved() + ":\n" + a.output();
                Await.until(soFar, TO_EVEN_OUT, () -> {
                    publisher.publish("tea", "m" + published[0]++);
                    LockSupport.parkNanos(BETWEEN_MESSAGES);
                    return a.output().contains("Enough connections are handed over")
                            && pool.nobodyIsToLeave()
                            && a.metric("websocket_rebalanced_total") == pool.moved();
                });
                Await.until("everything at everybody", () -> pool.allReceived(published[0]));

                List<String> all =
                        IntStream.range(0, published[0]).mapToObj(i -> "m" + i).toList();
                pool.received().forEach(received -> assertEquals(all, received));
                assertEquals(CLIENTS - pool.moved(), a.metric("websocket_active_connections"));
                // The publisher is one more.
                Await.until(
                        "both know the sum",
                        () -> List.of(a, b).stream()
                                .allMatch(node -> node.metric("websocket_fleet_connections") == CLIENTS + 1));
                // Who is in both places when they are counted raises the mean; for fewer than MINIMUM nobody begins
                // anew.
                int off = Math.abs(pool.moved() - CLIENTS / 2);
                assertTrue(off <= MINIMUM, () -> pool.moved() + " have moved");
                assertEquals(0, b.metric("websocket_rebalanced_total"));
                assertEquals(0, a.metric("websocket_drain_closed_total", "outcome=\"forced\""));
            }
        }
    }

    @Test
    @MostlyWaits
    void whoDoesNotMoveByItselfIsToldOnceAndClosedAtItsSlot() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, Map.of());
                ServerProcess b = ready(secondJar(), redis, Map.of());
                ClientPool pool = new ClientPool();
                ClientPool comeBack = new ClientPool()) {
            pool.join(10, a.port(), "/").join(10, a.port(), "/chat");
            Await.until("some have left", TO_EVEN_OUT, () -> {
                long left = pool.clients().stream().filter(Client::ended).count();
                // As clients do: for a node that nobody reaches no more would be sent away.
                comeBack.join((int) left - comeBack.clients().size(), b.port(), "/chat");
                return left >= 8;
            });
            for (Client client : pool.clients().stream().filter(Client::ended).toList()) {
                assertEquals(1012, client.closeCode());
                assertEquals(1, client.notices().size());
                assertTrue(client.notices().getFirst().startsWith("{\"type\":\"server-shutdown\""));
            }
            assertEquals(0, b.metric("websocket_rebalanced_total"));
            assertEquals(200, a.get("/health/ready").statusCode());
        }
    }

    @Test
    @MostlyWaits
    void fleetShowsWhoIsThereWhoDrainsAndForgetsWhoHasGone() {
        Map<String, String> slow = Map.of(
                "tidegate.node", "b",
                "tidegate.fleet.public", "true",
                "tidegate.limits.connections", "77",
                "tidegate.drain.notice", "3s",
                "tidegate.drain.window", "0s");
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, Map.of("tidegate.node", "a"));
                ServerProcess b = ready(secondJar(), redis, slow);
                ClientPool pool = new ClientPool().join(1, b.port(), "/")) {
            String atB = "\\{\"node\":\"b\",\"runtime\":\"(se|mp)\",\"connections\":%s,\"limit\":77,\"draining\":%s,";
            String present = ".*\"nodes\":\\[\\{\"node\":\"a\",.*" + atB.formatted("1", "false") + ".*";
            Await.until("a sees b", () -> a.get("/fleet").body().matches(present));
            Await.until("b sees a, in public", () -> b.getPage("/fleet").body().matches(present));
            b.terminate();
            Await.until("a drain", () -> a.get("/fleet").body().matches(".*" + atB.formatted("1", "true") + ".*"));
            assertEquals(0, b.awaitExit(Duration.ofSeconds(15)));
            Await.until("b is forgotten", () -> !a.get("/fleet").body().contains("\"node\":\"b\""));
            assertEquals(1012, pool.client(0).closeCode());
        }
    }

    @Test
    @MostlyWaits
    void inARolloutAClientThatHandsOverIsTakenByANewNodeOnly() {
        Map<String, String> old = Map.of("tidegate.fleet.revision", "old");
        Map<String, String> drain = Map.of("tidegate.fleet.revision", "old", "tidegate.drain.window", "0s");
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, drain);
                ServerProcess b = ready(jar(), redis, old);
                ClientPool pool = new ClientPool();
                FullClient ann = FullClient.subscribed(a.port(), "tea")) {
            pool.join(5, a.port(), "/chat").join(5, b.port(), "/chat");
            assertEquals(101, handOver(b), "there is no new node");
            try (ServerProcess c = ready(secondJar(), redis, Map.of("tidegate.fleet.revision", "new"))) {
                Await.until("b sends hand-overs elsewhere", () -> handOver(b) == 503);
                a.terminate();
                ann.expect("server-shutdown");
                try (RawClient refused = new RawClient(b.port())) {
                    Response answer = refused.handshake("/chat?topic=tea", HANDING_OVER);
                    assertEquals(503, answer.status());
                    assertEquals("1", answer.header("Retry-After"));
                }
                try (FullClient moved = FullClient.connect(c.port(), "?topic=tea", HANDING_OVER)) {
                    moved.expect("subscribed");
                    moved.publishHere("tea", "I stay", "1");
                }
                assertTrue(b.metric("websocket_connections_rejected_total", "reason=\"elsewhere\"") >= 2);
                FullClient.connect(b.port(), "").close();
                RawClient.connect(b.port(), "/chat", "Sec-WebSocket-Protocol: tidegate.handover")
                        .close();
                assertEquals(0, a.awaitExit(Duration.ofSeconds(15)));
                assertEquals(0, b.metric("websocket_rebalanced_total"));
            }
            Await.until("nothing is heard of c any more", () -> handOver(b) == 101);
        }
    }

    private static int handOver(ServerProcess to) {
        try (RawClient client = new RawClient(to.port())) {
            return client.handshake("/chat", HANDING_OVER).status();
        }
    }

    /** Quick to decide, so that a test need not wait long; shares and slots are as ever. */
    private static ServerProcess ready(Path jar, RedisServer redis, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tidegate.relay.url", redis.url().toString(),
                "tidegate.rebalance.interval", "400ms",
                "tidegate.rebalance.minimum", Integer.toString(MINIMUM),
                "tidegate.rebalance.share", "0.2",
                "tidegate.drain.notice", "500ms"));
        settings.putAll(more);
        ServerProcess server = ServerProcess.start(jar, settings);
        Await.until("ready", () -> server.get("/health/ready").statusCode() == 200);
        return server;
    }
}
