package io.tidegate.contract;

import static io.tidegate.hostile.Siege.Outcome.quantile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.hostile.Attack;
import io.tidegate.hostile.Footprint;
import io.tidegate.hostile.Siege;
import io.tidegate.testing.Await;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Strangers of every kind at once, for some seconds: nobody else is hurt, and nothing is left of them. */
abstract class HostileContract {
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final Duration SIEGE = Duration.ofSeconds(12);
    private static final Duration START = Duration.ofSeconds(60);
    private static final int HEAP_KIB = 24 << 10;
    private static final int HEALTH_MILLIS = 250;
    private static final int TIMES = 5;

    /** A calm server's 99th percentile is below this, and then a pause of the machine decides. */
    private static final int LEAST_MILLIS = 10;

    private static final int FEW = 10;
    private static final int LINES = 10;

    abstract Path jar();

    @Test
    void nobodyElseIsHurtAndNothingIsLeft() throws InterruptedException {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.limits.queue", "256KiB");
        try (ServerProcess server = ServerProcess.start(jar(), settings, START, List.of("-Xmx384m"))) {
            Attack.Ports ports = new Attack.Ports(server.port(), server.managementPort(), server.apiPort());
            // Once, so that what is made once is made.
            new Siege(ports, List.of(Attack.values()), 1).hold(Duration.ofSeconds(2));
            awaitNobody(server);
            Siege.Outcome calm = new Siege(ports, List.of(), 0).hold(CALM);
            Footprint before = Footprint.of(server.pid());
            long lines = server.output().lines().count();

            Siege.Outcome siege = new Siege(ports, List.of(Attack.values()), 2).hold(SIEGE);
            awaitNobody(server);
            Footprint after = Footprint.of(server.pid());
            System.out.printf(
                    "%s%nechoes: p99 %.1f ms, calm %.1f; health: worst %.0f ms; %s, then %s%n",
                    siege.times(),
                    quantile(siege.echoes(), 0.99),
                    quantile(calm.echoes(), 0.99),
                    quantile(siege.health(), 1),
                    before,
                    after);

            assertEquals(List.of(), siege.harm());
            assertEquals(List.of(), calm.harm());
            double health = quantile(siege.health(), 0.99);
            assertTrue(health < HEALTH_MILLIS, () -> "health took " + health + " ms");
            double usual = Math.max(LEAST_MILLIS, quantile(calm.echoes(), 0.99));
            double echo = quantile(siege.echoes(), 0.99);
            assertTrue(echo <= TIMES * usual, () -> "an echo took " + echo + " ms, in calm " + usual);
            assertTrue(after.descriptors() <= before.descriptors() + FEW, () -> before + ", then " + after);
            assertTrue(after.threads() <= before.threads() + FEW, () -> before + ", then " + after);
            siege.times().forEach((attack, times) -> assertTrue(times > 0, attack::name));
            assertTrue(after.heapKib() <= before.heapKib() + HEAP_KIB, () -> before + ", then " + after);
            String log = server.output();
            assertFalse(log.contains("\tat "), log);
            assertTrue(log.lines().count() <= lines + LINES, log);
        }
    }

    /** Descriptors and threads are back within ten seconds. */
    private static void awaitNobody(ServerProcess server) {
        Await.until(
                () -> "nobody is left, but " + server.metric("websocket_active_connections"),
                Duration.ofSeconds(10),
                () -> server.metric("websocket_active_connections") == 0);
    }
}
