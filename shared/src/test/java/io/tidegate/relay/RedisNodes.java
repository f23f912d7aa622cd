package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.redisson.config.Config;

/** Nodes that share a real Redis; the tests of a class have it one after the other. */
final class RedisNodes implements RelayNodes, BeforeEachCallback, AfterAllCallback {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final RedisServer redis = RedisServer.start();

    /** So that a test finds nothing of the one before. */
    @Override
    public void beforeEach(ExtensionContext context) {
        assertEquals("+OK", command("FLUSHALL"));
    }

    @Override
    public Relay join(Map<String, String> settings, Relay.Receiver receiver, Metrics metrics) {
        return join(redis.url().toString(), settings, receiver, metrics);
    }

    static RedisRelay join(String url, Map<String, String> settings, Relay.Receiver receiver, Metrics metrics) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("tidegate.relay.url", url);
        all.put("tidegate.relay.prefix", "test");
        RedisRelay relay = new RedisRelay(
                SettingsReader.read(all, Map.of()), new Threads(() -> {}), receiver, metrics, Clock.system());
        Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
        return relay;
    }

    /**
     * Starts a node, and does not wait until its relay is up.
     *
     * @param opened called for each link that was opened
     */
    static RedisRelay start(Settings settings, Relay.Receiver receiver, Runnable opened) {
        Config config = RedissonConfig.of(settings.relay());
        Link.Opener opener = () -> RedissonLink.open(config, settings).thenApply(link -> {
            opened.run();
            return link;
        });
        RedisRelay relay = new RedisRelay(
                opener, "test", new Threads(() -> {}), new SplittableRandom(), receiver, new Metrics(), Clock.system());
        relay.startTicking();
        return relay;
    }

    /** What a node of this Redis is set to. */
    static Settings settings(RedisServer redis, String prefix) {
        return SettingsReader.read(
                Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.relay.prefix", prefix), Map.of());
    }

    @Override
    public void pass(Duration time) {
        RedisTime.pass(redis, time);
    }

    /** Keeps what Redis holds for {@link #goBack}. */
    void save() {
        RedisTime.save(redis, 0);
    }

    /** Redis holds what it held, as a replica does that was behind, while the links to it stand. */
    void goBack() {
        RedisTime.restore(redis, 0);
    }

    /** Redis's answer, as it is on the wire. */
    String command(String command) {
        return redis.command(command);
    }

    int number(String command) {
        return Integer.parseInt(command(command).substring(1));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        redis.close();
    }
}
