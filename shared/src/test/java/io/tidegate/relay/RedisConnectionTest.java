package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.SelfSigned;
import io.tidegate.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to reach a Redis: password, TLS, a Redisson file; and what an operator reads where one is wrong. */
class RedisConnectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Topic TOPIC = new Topic("news");

    /** With these keys, without their common beginning. */
    private static Settings settings(Object... keysAndValues) {
        Map<String, String> configured = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            configured.put("tidegate.relay." + keysAndValues[i], keysAndValues[i + 1].toString());
        }
        return SettingsReader.read(configured, Map.of());
    }

    private static void carriesAMessage(Settings settings) {
        Inbox inbox = new Inbox();
        try (RedisRelay relay = new RedisRelay(settings, new Threads(() -> {}), inbox, new Metrics(), Clock.system())) {
            Await.until(() -> "relay up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
            Await.value("subscribed", LIMIT, relay.subscribe(TOPIC).thenApply(nothing -> true));
            Await.value(
                    "published",
                    LIMIT,
                    relay.publish(TOPIC, Inbox.text("a"), Optional.empty()).thenApply(nothing -> true));
            Await.until("delivered", LIMIT, () -> inbox.size() == 1);
        }
    }

    private static void staysDownBecause(String reason, Settings settings) {
        try (RedisRelay relay =
                new RedisRelay(settings, new Threads(() -> {}), new Inbox(), new Metrics(), Clock.system())) {
            Await.until(
                    () -> relay.status() + " should say: " + reason,
                    LIMIT,
                    () -> relay.status() instanceof RelayStatus.Down down
                            && down.reason().contains(reason));
        }
    }

    @Test
    void passwordAndUsername() {
        try (RedisServer redis = RedisServer.start("--requirepass", "sesame")) {
            carriesAMessage(settings("url", redis.url(), "password", "sesame"));
            carriesAMessage(settings("url", redis.url(), "username", "default", "password", "sesame"));
            staysDownBecause("refuses the password", settings("url", redis.url(), "password", "simsim"));
            staysDownBecause("requires a password", settings("url", redis.url()));
        }
    }

    @Test
    void aUserWhoMayNotPublishIsToldSo() {
        try (RedisServer redis = RedisServer.start()) {
            redis.command("ACL SETUSER reader on >sesame ~* &* +@all -publish");
            staysDownBecause("NOPERM", settings("url", redis.url(), "username", "reader", "password", "sesame"));
        }
    }

    @Test
    void tlsWithACertificateOfOnesOwn(@TempDir Path directory) throws Exception {
        SelfSigned selfSigned = SelfSigned.in(directory);
        try (RedisServer redis = RedisServer.startTls(selfSigned.certificate(), selfSigned.key())) {
            carriesAMessage(settings("url", redis.url(), "ca", selfSigned.certificate()));
            staysDownBecause("TLS", settings("url", redis.url()));
        }
    }

    @Test
    void aRedissonFileWithThePasswordBesideIt(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("redisson.yaml");
        try (RedisServer redis = RedisServer.start("--requirepass", "sesame")) {
            Files.writeString(file, "singleServerConfig:\n  address: \"" + redis.url() + "\"\n");
            carriesAMessage(settings("config", file, "password", "sesame"));
        }
    }

    @Test
    void aFileThatIsNoConfigurationStopsTheStartWithoutQuotingIt(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("redisson.yaml");
        for (String content : List.of("password: [sesame", "nettyThreads: 2")) {
            Files.writeString(file, content);
            Settings settings = settings("config", file);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> new RedisRelay(settings, new Threads(() -> {}), new Inbox(), new Metrics(), Clock.system()));
            assertFalse(String.valueOf(e.getMessage()).contains("sesame"));
        }
    }

    @Test
    void connectionsAreNotPingedSinceRedissonThenLosesMessages() {
        Settings settings = settings("url", "redis://redis:6379");
        assertEquals(0, RedissonConfig.of(settings.relay()).useSingleServer().getPingConnectionInterval());
    }
}
