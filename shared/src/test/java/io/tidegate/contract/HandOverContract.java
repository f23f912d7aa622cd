package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Contract, sections 4 and 5: a client goes from node to node, or loses one, and misses nothing. */
abstract class HandOverContract {
    private static final long RETRY_NANOS = Duration.ofMillis(20).toNanos();

    abstract Path jar();

    /** What the second server of a fleet runs. */
    Path secondJar() {
        return jar();
    }

    @Test
    void aDrainedClientResumesElsewhereBeforeItLeaves() {
        Map<String, String> drain =
                Map.of("tidegate.drain.notice", "1s", "tidegate.drain.window", "1s", "tidegate.drain.timeout", "20s");
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, drain);
                ServerProcess b = ready(secondJar(), redis, Map.of());
                FullClient ann = FullClient.subscribed(a.port(), "tea");
                FullClient ben = FullClient.subscribed(b.port(), "tea")) {
            ben.publish("tea", "before");
            String seen = ann.expect("message").position();
            a.terminate();
            long slot = Long.parseLong(ann.expect("server-shutdown").field("reconnectAfterMs"));
            assertTrue(slot >= 1_000 && slot < 2_000, "slot " + slot);
            ben.publish("tea", "meanwhile");
            // Two nodes: only what has come back has its place in the order.
            assertEquals("before", ben.expect("message").message());
            assertEquals("meanwhile", ben.expect("message").message());
            ann.publish("tea", "from the node that leaves", "ann-1");

            try (FullClient next = FullClient.connect(b.port(), "")) {
                next.resume("tea", seen);
                assertEquals(seen, next.expect("subscribed").position());
                assertEquals("meanwhile", next.expect("message").message());
                assertEquals("from the node that leaves", next.expect("message").message());
                next.publish("tea", "from the node that leaves", "ann-1");
                next.expect("ack"); // and no message
                ben.publish("tea", "after");
                assertEquals("after", next.expect("message").message());
            }
            ann.raw().send(io.tidegate.testing.ClientFrames.close(1000, ""));
            ann.raw().awaitEnd();
            assertEquals(0, a.awaitExit(Duration.ofSeconds(20)));
            assertTrue(a.output().contains("1 left gracefully, 0 were cut"), a::output);
        }
    }

    @Test
    void whatACrashedNodeAcknowledgedIsThereForWhoComesBack() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, Map.of());
                ServerProcess b = ready(secondJar(), redis, Map.of());
                FullClient ann = FullClient.subscribed(a.port(), "tea");
                FullClient ben = FullClient.subscribed(b.port(), "tea")) {
            ann.publish("tea", "first");
            String seen = ann.expect("message").position();
            Frame second = ann.publishHere("tea", "second", "2");
            a.kill();
            try (FullClient back = FullClient.connect(b.port(), "")) {
                back.resume("tea", seen);
                assertEquals("true", back.expect("subscribed").field("recovered"));
                assertEquals(second.position(), back.expect("message").position());
            }
            assertEquals("first", ben.expect("message").message());
            assertEquals("second", ben.expect("message").message());
        }
    }

    @Test
    void aRedisThatComesBackWithItsFileCostsNoMessageAndNoConnection() {
        // With everysec, Redis puts off a write while the disk is slow, and a kill then loses what was acknowledged.
        try (RedisServer redis = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
                ServerProcess a = ready(jar(), redis, Map.of());
                ServerProcess b = ready(secondJar(), redis, Map.of());
                FullClient ann = FullClient.subscribed(a.port(), "tea");
                FullClient ben = FullClient.subscribed(b.port(), "tea")) {
            List<String> acknowledged = new ArrayList<>();
            publishThrough(ann, 0, acknowledged);
            redis.kill();
            Await.until("the outage is noticed", () -> a.metric("websocket_relay_up") == 0);
            redis.restart();
            for (int i = 1; i < 5; i++) {
                publishThrough(ann, i, acknowledged);
            }
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                received.add(ben.expect("message").position());
            }
            assertEquals(acknowledged, received);
        }
    }

    @Test
    void aRedisThatHasLostEverythingIsToldToEverySubscriber() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = ready(jar(), redis, Map.of());
                FullClient ann = FullClient.subscribed(a.port(), "tea")) {
            List<String> acknowledged = new ArrayList<>();
            // Delivered is not enough: Redis could end before the server has read its answer to the publish.
            publishThrough(ann, 0, acknowledged);
            redis.kill();
            redis.restart();
            Frame told = ann.expect("subscribed");
            assertEquals("false", told.field("recovered"));
            try (FullClient back = FullClient.connect(a.port(), "")) {
                back.resume("tea", acknowledged.getFirst());
                assertEquals("false", back.expect("subscribed").field("recovered"));
            }
            publishThrough(ann, 1, acknowledged);
            assertTrue(a.metric("websocket_recoveries_total", "outcome=\"lost\"") >= 2);
        }
    }

    /** Publishes one message until it is acknowledged, as every client does, and takes its delivery. */
    private static void publishThrough(FullClient client, int number, List<String> positions) {
        String acknowledged = "";
        String delivered = "";
        client.publish("tea", "m" + number, "id-" + number);
        while (acknowledged.isEmpty() || delivered.isEmpty()) {
            Frame frame = new Frame(client.raw().message());
            switch (frame.type()) {
                case "ack" -> acknowledged = frame.position();
                case "message" -> delivered = frame.position();
                case "error" -> {
                    LockSupport.parkNanos(RETRY_NANOS);
                    client.publish("tea", "m" + number, "id-" + number);
                }
                default -> throw new AssertionError("unexpected " + frame);
            }
        }
        assertEquals(acknowledged, delivered);
        positions.add(acknowledged);
    }

    private static ServerProcess ready(Path jar, RedisServer redis, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("tidegate.relay.url", redis.url().toString());
        ServerProcess server = ServerProcess.start(jar, settings);
        Await.until("ready", () -> server.get("/health/ready").statusCode() == 200);
        return server;
    }
}
