package io.tidegate.contract;

import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/** A part of the contract whose tests share one server and a Redis of their own, which is up before each. */
abstract class OneServerWithRedis extends OneServer {
    final RedisServer redis = RedisServer.start();

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.relay.url", redis.url().toString());
    }

    @BeforeEach
    void ready() {
        Await.until(
                "ready",
                Duration.ofSeconds(5),
                () -> server.get("/health/ready").statusCode() == 200);
    }

    @AfterAll
    void stopRedis() {
        redis.close();
    }
}
