package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientPool;
import io.tidegate.testing.ClientPool.Client;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several servers on one real Redis, and what happens when it goes away. */
abstract class FleetContract {
    private static final int CLIENTS = 200;
    private static final int PUBLISHERS = 10;

    /** For the long form: {@code -Dtidegate.fleet.seconds=60}. */
    private static final long SECONDS = Long.getLong("tidegate.fleet.seconds", 5);

    abstract Path jar();

    /** What the second server of a fleet runs. */
    Path secondJar() {
        return jar();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat"})
    void onTwoServersEverybodyGetsEveryMessageOnceAndInOneOrder(String path) throws InterruptedException {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis);
                ServerProcess b = ready(secondJar(), redis);
                ClientPool pool = new ClientPool()) {
            pool.join(CLIENTS, a.port(), path).join(CLIENTS, b.port(), path);
            assertOneOrder(pool);
        }
    }

    @Test
    void onOneServerWithoutRedisItIsTheSame() throws InterruptedException {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of());
                ClientPool pool = new ClientPool()) {
            pool.join(2 * CLIENTS, server.port(), "/");
            assertOneOrder(pool);
        }
    }

    @Test
    void aServerWaitsForItsRedisAndSaysSo() {
        try (RedisServer redis = RedisServer.start()) {
            redis.kill();
            try (ServerProcess server = ServerProcess.start(jar(), settings(redis))) {
                assertEquals(503, server.get("/health/ready").statusCode());
                assertTrue(server.get("/health/ready").body().contains("relay down"));
                assertEquals(200, server.get("/health/live").statusCode());
                assertEquals(200, server.get("/health/started").statusCode());
                assertEquals(0, server.metric("websocket_relay_up"));
                redis.restart();
                Await.until(
                        "ready",
                        Duration.ofSeconds(5),
                        () -> server.get("/health/ready").statusCode() == 200);
                assertEquals(1, server.metric("websocket_relay_up"));
            }
        }
    }

    @Test
    void aRedisThatIsKilledUnderLoadCostsErrorsAndDeliveryResumesWithinTwoSeconds() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis);
                ServerProcess b = ready(secondJar(), redis);
                ClientPool pool = new ClientPool()) {
            pool.join(20, a.port(), "/").join(20, b.port(), "/");
            Client publisher = pool.client(0);
            AtomicInteger sent = new AtomicInteger();
            Runnable say = () -> publisher.says("m" + sent.getAndIncrement());
            say.run();
            Await.until("delivery", () -> pool.allReceived(1));

            redis.kill();
            Await.until("an error for the publisher", () -> {
                say.run();
                return publisher.notices().stream().anyMatch(notice -> notice.contains("relay-unavailable"));
            });
            assertEquals(200, a.get("/health/live").statusCode());

            redis.restart();
            Await.until("delivery to both servers", Duration.ofSeconds(2), () -> {
                say.run();
                String last = "m" + (sent.get() - 20);
                return pool.clients().stream().allMatch(client -> after(client, last));
            });
            assertTrue(a.isAlive() && b.isAlive());
        }
    }

    /** True where a client has got a message at least as new as this one. */
    private static boolean after(Client client, String message) {
        List<String> messages = client.messages();
        int wanted = Integer.parseInt(message.substring(1));
        return Integer.parseInt(messages.getLast().substring(1)) >= Math.max(wanted, 1);
    }

    private static void assertOneOrder(ClientPool pool) throws InterruptedException {
        Thread[] publishers = new Thread[PUBLISHERS];
        AtomicInteger published = new AtomicInteger();
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        for (int p = 0; p < PUBLISHERS; p++) {
            Client publisher = pool.client(p * pool.clients().size() / PUBLISHERS);
            String name = "p" + p;
            publishers[p] = Thread.startVirtualThread(() -> {
                for (int i = 0; System.nanoTime() < end; i++) {
                    publisher.says("{\"user\":\"" + name + "\",\"message\":" + i + "}");
                    published.incrementAndGet();
                    LockSupport.parkNanos(100_000_000);
                }
            });
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        Await.until("everything at everybody", () -> pool.allReceived(published.get()));
        List<String> order = pool.client(0).messages();
        assertEquals(published.get(), order.size());
        assertEquals(order.size(), order.stream().distinct().count());
        for (Client client : pool.clients()) {
            assertEquals(order, client.messages());
            assertEquals(List.of(), client.notices());
        }
        for (int p = 0; p < PUBLISHERS; p++) {
            assertInOrder(order, "\"p" + p + "\"");
        }
    }

    private static void assertInOrder(List<String> order, String publisher) {
        List<String> own =
                order.stream().filter(text -> text.contains(publisher)).toList();
        for (int i = 0; i < own.size(); i++) {
            assertTrue(
                    own.get(i).contains("\"message\":" + i + ",") || own.get(i).contains("\"message\":" + i + "}"));
        }
    }

    private static ServerProcess ready(Path jar, RedisServer redis) {
        ServerProcess server = ServerProcess.start(jar, settings(redis));
        Await.until("ready", () -> server.get("/health/ready").statusCode() == 200);
        return server;
    }

    private static Map<String, String> settings(RedisServer redis) {
        return Map.of("tidegate.relay.url", redis.url().toString());
    }
}
