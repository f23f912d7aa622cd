package io.tidegate.contract;

import io.tidegate.testing.Prometheus;
import io.tidegate.testing.Quantiles;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.SlowLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What Prometheus says of the way from node to node is what a client sees. What the server itself adds to it, and the time of a
 * fan-out, is too short to be told from outside; for that known durations are recorded inside ({@code QuantilesTest}).
 */
abstract class RelayLagContract {
    private static final int BURST = 10;

    abstract Path jar();

    @Test
    void prometheusComputesTheQuantilesOfTheLagThatAClientMeasures() {
        Quantiles.assumePrometheus();
        try (RedisServer redis = RedisServer.start();
                SlowLink link = SlowLink.to(redis.port());
                ServerProcess server =
                        ServerProcess.start(jar(), Map.of("tidegate.relay.url", "redis://127.0.0.1:" + link.port()));
                Prometheus prometheus = Prometheus.scraping(server.managementPort());
                FullClient client = FullClient.subscribed(server.port(), "lag")) {
            Quantiles.awaitCount(prometheus, "websocket_relay_lag_seconds", 0);
            List<Double> seconds = new ArrayList<>();
            link.delay(Duration.ofMillis(60));
            for (int i = 0; i < 20; i++) {
                burst(client, seconds);
            }
            link.delay(Duration.ofMillis(260));
            burst(client, seconds);
            Quantiles.assertTold(
                    prometheus,
                    "websocket_relay_lag_seconds",
                    seconds.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /** Publishes some messages at once, each with its time, and waits for all of them. */
    private static void burst(FullClient client, List<Double> seconds) {
        for (int i = 0; i < BURST; i++) {
            client.publish("lag", String.valueOf(System.nanoTime()));
        }
        for (int i = 0; i < BURST; i++) {
            long sent = Long.parseLong(client.expect("message").message());
            seconds.add((System.nanoTime() - sent) / 1e9);
        }
    }
}
