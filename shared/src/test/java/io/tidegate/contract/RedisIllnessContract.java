package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Redis that is reached and refuses: all that is written to it, or what belongs to one topic. */
abstract class RedisIllnessContract extends OneServerWithRedis {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.relay.grace", "500ms");
    }

    @Test
    void aRedisWhoseMemoryIsFullMakesTheServerUnreadyUntilItTakesWritesAgain() {
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            redis.command("CONFIG SET maxmemory 1");
            Await.until(
                    "unready", LIMIT, () -> server.get("/health/ready").body().contains("OOM"));
            assertEquals(0, server.metric("websocket_relay_up"));
            ann.publish("news", "a", "1");
            assertEquals("relay-unavailable", ann.expect("error").field("code"));
            assertEquals(503, server.get("/health/ready").statusCode());
            redis.command("CONFIG SET maxmemory 0");
            ready();
            ann.publish("news", "a", "1");
            ann.expect("ack");
        } finally {
            redis.command("CONFIG SET maxmemory 0");
        }
    }

    @Test
    void aForeignKeyInOneTopicsPlaceCostsNoOtherTopicAPublish() {
        redis.command("SET tidegate:state:{foreign} x");
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            for (int i = 0; i < 40; i++) {
                ann.publish("foreign", "a", "bad-" + i);
                ann.publish("news", "a", "good-" + i);
            }
            int acknowledged = 0;
            for (int i = 0; i < 80; i++) {
                Frame frame = ann.next();
                acknowledged += frame.type().equals("ack") ? 1 : 0;
                assertTrue(frame.type().equals("ack") || frame.field("code").equals("relay-unavailable"), frame::json);
            }
            assertEquals(40, acknowledged);
            assertEquals(200, server.get("/health/ready").statusCode());
        } finally {
            redis.command("DEL tidegate:state:{foreign}");
        }
    }
}
