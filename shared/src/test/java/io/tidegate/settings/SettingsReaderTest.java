package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsReaderTest {

    /** Every key, each with a value that is not the default; but for the file, which excludes the URL. */
    private static final Map<String, String> EVERY_KEY = Map.ofEntries(
            Map.entry("tidegate.host", "127.0.0.1"),
            Map.entry("tidegate.port", "8081"),
            Map.entry("tidegate.management.port", "9091"),
            Map.entry("tidegate.path", "/a.b/ws"),
            Map.entry("tidegate.node", "pod-7"),
            Map.entry("tidegate.loops", "3"),
            Map.entry("tidegate.heartbeat", "500ms"),
            Map.entry("tidegate.idle", "PT1M30.5S"),
            Map.entry("tidegate.origins", "https://app.example.com, http://localhost:3000"),
            Map.entry("tidegate.proxies", "10.0.0.0/8, 2001:db8::1"),
            Map.entry("tidegate.limits.connections", "20000"),
            Map.entry("tidegate.limits.perip", "10"),
            Map.entry("tidegate.limits.handshakes", "100"),
            Map.entry("tidegate.limits.message", "65535"),
            Map.entry("tidegate.limits.rate", "20"),
            Map.entry("tidegate.limits.queue", "2MiB"),
            Map.entry("tidegate.limits.history", "256KiB"),
            Map.entry("tidegate.limits.topics", "16"),
            Map.entry("tidegate.relay.url", "rediss://redis.example.com"),
            Map.entry("tidegate.relay.username", "tidegate"),
            Map.entry("tidegate.relay.password", "hunter2"),
            Map.entry("tidegate.relay.prefix", "staging"),
            Map.entry("tidegate.relay.sharding", "subscribe"),
            Map.entry("tidegate.relay.grace", "1m"),
            Map.entry("tidegate.history.size", "50"),
            Map.entry("tidegate.history.ttl", "1h"),
            Map.entry("tidegate.history.topic", "1MiB"),
            Map.entry("tidegate.history.bytes", "64MiB"),
            Map.entry("tidegate.presence.linger", "20s"),
            Map.entry("tidegate.drain.notice", "1s"),
            Map.entry("tidegate.drain.window", "2m"),
            Map.entry("tidegate.drain.timeout", "PT3M"),
            Map.entry("tidegate.rebalance.enabled", "false"),
            Map.entry("tidegate.rebalance.tolerance", "0.5"),
            Map.entry("tidegate.rebalance.share", "0.1"),
            Map.entry("tidegate.rebalance.minimum", "7"),
            Map.entry("tidegate.rebalance.interval", "500ms"),
            Map.entry("tidegate.limits.peruser", "3"),
            Map.entry("tidegate.limits.sockets", "30000"),
            Map.entry("tidegate.limits.clienttopics", "400"),
            Map.entry("tidegate.auth.jwks", "http://keys.login.svc/jwks"),
            Map.entry("tidegate.auth.secret", "x".repeat(64)),
            Map.entry("tidegate.auth.algorithms", "PS256, HS512"),
            Map.entry("tidegate.auth.issuer", "https://login.example.com/"),
            Map.entry("tidegate.auth.audience", "chat, game"),
            Map.entry("tidegate.auth.leeway", "5s"),
            Map.entry("tidegate.auth.cookie", "__Host-token"),
            Map.entry("tidegate.auth.subscribe", "news.*,user:{user}"),
            Map.entry("tidegate.auth.publish", "user:{user}:*"),
            Map.entry("tidegate.auth.presence", "*"),
            Map.entry("tidegate.anonymous.subscribe", "/"),
            Map.entry("tidegate.anonymous.publish", "guests"),
            Map.entry("tidegate.api.port", "8091"),
            Map.entry("tidegate.api.keys", "k".repeat(32) + ", " + "l".repeat(40)),
            Map.entry("tidegate.fleet.name", "east"),
            Map.entry("tidegate.fleet.public", "true"),
            Map.entry("tidegate.fleet.revision", "7d9f8b6c5"),
            Map.entry("tidegate.cost.interval", "15s"),
            Map.entry("tidegate.tls.management", "false"),
            Map.entry("tidegate.compression", "true"),
            Map.entry("tidegate.tracing.enabled", "true"),
            Map.entry("tidegate.log.level", "WARNING, io.tidegate.hub=DEBUG"),
            Map.entry("tidegate.log.format", "json"));

    @Test
    void defaultsAreThoseOfTheContract() {
        Settings settings = Settings.defaults();

        assertEquals(
                new Settings.Server("0.0.0.0", 8080, 9090, "", settings.server().node(), Optional.empty()),
                settings.server());
        assertEquals(new Settings.Api(8090, List.of()), settings.api());
        assertEquals(
                new Settings.Peers(Duration.ofSeconds(30), Duration.ofSeconds(90), Origins.ANY, Proxies.NONE),
                settings.peers());
        assertEquals(
                new Settings.Limits(
                        10_000, Optional.empty(), 0, 0, 0, 65_536, 0, 1_048_576, 2 << 20, 128, Optional.empty()),
                settings.limits());
        assertEquals(
                new Settings.Relay(
                        List.of(),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "tidegate",
                        Sharding.NONE,
                        Duration.ofSeconds(10)),
                settings.relay());
        assertEquals(
                new Settings.History(1000, Duration.ofMinutes(10), 16 << 20, Optional.empty()), settings.history());
        assertEquals(new Settings.Presence(Duration.ofSeconds(10)), settings.presence());
        assertEquals(
                new Settings.Drain(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(30)),
                settings.drain());
        assertEquals(new Settings.Rebalance(true, 0.2, 0.05, 20, Duration.ofSeconds(2)), settings.rebalance());
        assertEquals(new Settings.Fleet("tidegate", false, Optional.empty()), settings.fleet());
        assertEquals(new Settings.Cost(Optional.empty()), settings.cost());
        assertEquals(new Settings.Log(new LogLevels(Level.INFO, Map.of()), false), settings.log());
        assertTrue(settings.auth().isOpen());
        assertEquals(Duration.ofSeconds(30), settings.auth().leeway());
        assertTrue(settings.relay().inProcess());
    }

    @Test
    void everyKeyIsRead() {
        Settings settings = read(EVERY_KEY);

        assertEquals(
                new Settings.Server("127.0.0.1", 8081, 9091, "/a.b/ws", "pod-7", Optional.of(3)), settings.server());
        assertEquals(
                new Settings.Api(8091, List.of(new Secret("k".repeat(32)), new Secret("l".repeat(40)))),
                settings.api());
        assertEquals(
                new Settings.Peers(
                        Duration.ofMillis(500),
                        Duration.ofMillis(90_500),
                        new Origins(Set.of("https://app.example.com", "http://localhost:3000")),
                        Proxies.parse("10.0.0.0/8,2001:db8::1").orElseThrow()),
                settings.peers());
        assertEquals(
                new Settings.Limits(
                        20_000,
                        Optional.of(30_000),
                        10,
                        3,
                        100,
                        65_535,
                        20,
                        2 * 1024 * 1024,
                        256 << 10,
                        16,
                        Optional.of(400)),
                settings.limits());
        assertEquals(
                new Settings.Relay(
                        List.of(URI.create("rediss://redis.example.com:6379")),
                        "",
                        Optional.of("tidegate"),
                        Optional.of(new Secret("hunter2")),
                        Optional.empty(),
                        "staging",
                        Sharding.SUBSCRIBE,
                        Duration.ofMinutes(1)),
                settings.relay());
        assertEquals(new Settings.History(50, Duration.ofHours(1), 1 << 20, Optional.of(64 << 20)), settings.history());
        assertEquals(
                new Settings.Drain(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofMinutes(3)),
                settings.drain());
        assertEquals(new Settings.Rebalance(false, 0.5, 0.1, 7, Duration.ofMillis(500)), settings.rebalance());
        assertEquals(new Settings.Fleet("east", true, Optional.of("7d9f8b6c5")), settings.fleet());
        assertEquals(new Settings.Cost(Optional.of(Duration.ofSeconds(15))), settings.cost());
        assertEquals(
                new Settings.Log(new LogLevels(Level.WARNING, Map.of("io.tidegate.hub", Level.DEBUG)), true),
                settings.log());
        assertEquals(
                new Settings.Auth(
                        Optional.of("http://keys.login.svc/jwks"),
                        Optional.of(new Secret("x".repeat(64))),
                        List.of("PS256", "HS512"),
                        Optional.of("https://login.example.com/"),
                        List.of("chat", "game"),
                        Duration.ofSeconds(5),
                        Optional.of("__Host-token"),
                        new Settings.Patterns(List.of("news.*", "user:{user}"), List.of("user:{user}:*"), List.of("*")),
                        new Settings.Patterns(List.of("/"), List.of("guests"), List.of())),
                settings.auth());
        assertFalse(settings.auth().isOpen());
        assertFalse(settings.relay().inProcess());
    }

    @Test
    void theAcceptedAlgorithmsFollowFromWhatIsSet() {
        Map<String, String> set = Map.of("tidegate.auth.jwks", "https://a.example/keys", "tidegate.auth.audience", "a");
        Map<String, String> secret = Map.of("tidegate.auth.secret", "x".repeat(32));
        Map<String, String> both = new HashMap<>(set);
        both.putAll(secret);
        assertEquals(List.of(), Settings.defaults().auth().algorithms());
        assertEquals(List.of("RS256", "ES256", "EdDSA"), read(set).auth().algorithms());
        assertEquals(List.of("HS256"), read(secret).auth().algorithms());
        assertEquals(
                List.of("RS256", "ES256", "EdDSA", "HS256"), read(both).auth().algorithms());
    }

    @Test
    void noKeyIsForgottenByTheTestAbove() {
        Set<String> tried = new HashSet<>(EVERY_KEY.keySet());
        tried.add(Keys.RELAY_CONFIG.name());
        tried.add(Keys.RELAY_CA.name());
        tried.addAll(List.of(Keys.TLS_CERTIFICATE.name(), Keys.TLS_KEY.name(), Keys.TLS_CLIENTS.name()));

        assertEquals(Keys.ALL.stream().map(Key::name).collect(Collectors.toSet()), tried);
        for (Key<?> key : Keys.ALL) {
            assertNotEquals(key.fallback(), EVERY_KEY.get(key.name()), key.name());
        }
    }

    @Test
    void relayFileStandsInPlaceOfTheUrl(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("redisson.yaml"));

        Settings.Relay relay =
                read(Map.of("tidegate.relay.config", file.toString())).relay();

        assertEquals(file.toString(), relay.config());
        assertFalse(relay.inProcess());
    }

    @Test
    void certificatesOfTheRelayAreAFile(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("ca.crt"));

        assertEquals(
                Optional.of(file),
                read(Map.of("tidegate.relay.ca", file.toString())).relay().ca());
    }

    @Test
    void tlsIsWhereACertificateIs(@TempDir Path directory) throws IOException {
        Path certificate = Files.createFile(directory.resolve("tls.crt"));
        Path key = Files.createFile(directory.resolve("tls.key"));
        Path clients = Files.createFile(directory.resolve("ca.crt"));

        assertEquals(Optional.empty(), Settings.defaults().tls());
        assertEquals(
                Optional.of(new Settings.Tls(certificate, key, Optional.of(clients), true)),
                read(Map.of(
                                "tidegate.tls.certificate", certificate.toString(),
                                "tidegate.tls.key", key.toString(),
                                "tidegate.tls.clients", clients.toString()))
                        .tls());
    }

    @Test
    void relayFileAndUrlExcludeEachOther(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("redisson.yaml"));

        assertEquals(
                List.of("tidegate.relay.config = \"" + file
                        + "\": must be empty if a URL is set (tidegate.relay.url = \"redis://redis\")"),
                errors(Map.of("tidegate.relay.config", file.toString(), "tidegate.relay.url", "redis://redis")));
    }

    @Test
    void everyDefaultIsAllowed() {
        Values defaults = new Values(Map.of());

        for (Key<?> key : Keys.ALL) {
            assertTrue(defaults.isGood(key), key.name());
        }
    }

    @Test
    void everyKeyCanBeWrittenAsAVariable() {
        for (Key<?> key : Keys.ALL) {
            assertTrue(key.name().matches("tidegate(\\.[a-z]+)+"), key.name());
        }
    }

    @Test
    void variablesBecomeKeys() {
        assertEquals(
                Map.of("tidegate.drain.window", "10s", "tidegate.limits.perip", "5"),
                SettingsReader.fromEnvironment(Map.of(
                        "TIDEGATE_DRAIN_WINDOW", "10s",
                        "TIDEGATE_LIMITS_PERIP", "5",
                        "TIDEGATES_PORT", "1",
                        "tidegate_port", "1",
                        "PATH", "/bin")));
    }

    @Test
    void nodeIsNamedByKeyThenByHostnameThenAtRandom() {
        Map<String, String> environment = Map.of("HOSTNAME", "pod-1");

        assertEquals(
                "pod-7",
                SettingsReader.read(Map.of("tidegate.node", "pod-7"), environment)
                        .server()
                        .node());
        assertEquals(
                "pod-1", SettingsReader.read(Map.of(), environment).server().node());
        assertEquals(
                "pod-1",
                SettingsReader.read(Map.of("tidegate.node", ""), environment)
                        .server()
                        .node());
        assertTrue(Settings.defaults().server().node().matches("node-[0-9a-f]{6}"));
    }

    @Test
    void hostnameThatIsNoNameIsPassedOver() {
        Settings settings = SettingsReader.read(Map.of(), Map.of("HOSTNAME", "my laptop"));

        assertTrue(settings.server().node().matches("node-[0-9a-f]{6}"));
    }

    @Test
    void otherKeysAreNotLookedAt() {
        assertEquals(
                8080,
                read(Map.of("server.port", "http", "tidegate", "x", "tidegates.port", "x"))
                        .server()
                        .port());
    }

    @Test
    void portsMayBothBeFreeOnes() {
        assertEquals(
                0,
                read(Map.of("tidegate.port", "0", "tidegate.management.port", "0"))
                        .server()
                        .managementPort());
    }

    @Test
    void messageMayFillTheQueue() {
        assertEquals(
                1 << 20,
                read(Map.of("tidegate.limits.message", "1MiB")).limits().message());
    }

    @Test
    void drainMayBeImmediate() {
        Settings.Drain drain = read(Map.of(
                        "tidegate.drain.notice",
                        "0s",
                        "tidegate.drain.window",
                        "0ms",
                        "tidegate.drain.timeout",
                        "PT1S"))
                .drain();

        assertEquals(new Settings.Drain(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)), drain);
    }

    @Test
    void secretsAreInNoText() {
        Map<String, String> values = new HashMap<>(EVERY_KEY);
        String inKey = read(values).toString();
        values.remove("tidegate.relay.username");
        values.remove("tidegate.relay.password");
        values.put("tidegate.relay.url", "redis://tidegate:hunter2@redis.example.com");
        String inUrl = read(values).toString();

        assertFalse(inKey.contains("hunter2"), inKey);
        assertFalse(inUrl.contains("hunter2"), inUrl);
        assertTrue(inUrl.contains("***"), inUrl);
    }

    private static Settings read(Map<String, String> values) {
        return SettingsReader.read(values, Map.of());
    }

    private static List<String> errors(Map<String, String> values) {
        return assertThrows(SettingsException.class, () -> read(values)).errors();
    }
}
