package io.tidegate.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.client.Options;
import io.tidegate.client.TidegateClient;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first thing that anybody tries: subscribe, publish, and see the own message. */
class OwnMessageIT {
    private static final int TRIES = 100;
    private static final long SECONDS = 20;

    @ParameterizedTest
    @CsvSource({"se,false", "se,true", "mp,false", "mp,true"})
    void whoSubscribesAndThenPublishesGetsTheOwnMessageEachTime(String runtime, boolean throughRedis)
            throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        try (RedisServer redis = RedisServer.start()) {
            if (throughRedis) {
                settings.put("tidegate.relay.url", redis.url().toString());
            }
            Path jar = Path.of("..", runtime + "-server", "target", "tidegate-" + runtime + "-server.jar");
            try (ServerProcess server = ServerProcess.start(jar, settings)) {
                int own = 0;
                for (int i = 0; i < TRIES; i++) {
                    own += getsItsOwn(server.port(), "topic-" + i) ? 1 : 0;
                }
                assertEquals(TRIES, own);
            }
        }
    }

    private static boolean getsItsOwn(int port, String topic) throws InterruptedException {
        BlockingQueue<String> messages = new ArrayBlockingQueue<>(10);
        try (TidegateClient client = TidegateClient.connect(Options.of("ws://localhost:" + port + "/chat"))) {
            client.subscribe(topic, message -> messages.add(message.message()));
            var unused = client.publish(topic, "\"hi\"");
            return "\"hi\"".equals(messages.poll(SECONDS, TimeUnit.SECONDS));
        }
    }
}
