package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same through Redis, and what is left there. */
abstract class RedisAnswersContract extends AnswerOrderContract {
    private static final int FRESH = 50;

    private final RedisServer redis = RedisServer.start();

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.relay.prefix", "answers");
    }

    @BeforeEach
    void ready() {
        Await.until("ready", () -> server.get("/health/ready").statusCode() == 200);
    }

    @AfterAll
    void stopRedis() {
        redis.close();
    }

    /**
     * But for births, of which there is one for each slot of Redis Cluster, 16,384 at most: they are told by their names,
     * and hold no topic's. That other tests have published to other topics disturbs nothing: only growth counts.
     */
    @Test
    void subscribingToTopicsThatNobodyPublishesToLeavesNothingInRedis() {
        long others = keys("answers:*") - keys("answers:birth:*");
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            for (int i = 0; i < FRESH; i++) {
                ann.says("{\"type\":\"subscribe\",\"topic\":\"fresh-%d\"}".formatted(i));
                ann.expect("subscribed");
            }
            assertEquals(0, keys("*fresh-*"));
            long births = keys("answers:birth:*");
            assertTrue(births >= 1, () -> births + " births");
            assertEquals(others, keys("answers:*") - births);
        }
    }

    private long keys(String pattern) {
        return Long.parseLong(redis.command("KEYS " + pattern).substring(1));
    }
}
