package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsErrorsTest {
    private static final String LINK = " is no setting: Kubernetes sets it in every pod for a Service of this name;"
            + " set enableServiceLinks: false in the pod's spec";
    private static final String PATH_RULE = " must be / or a path such as /ws, of letters, digits, dots, dashes,"
            + " underscores and tildes, without / at its end";
    private static final String URL_RULE =
            " must be empty, redis://[user:password@]host[:port] or rediss://… (several, comma-separated: a cluster),"
                    + " or redis+sentinel://[user:password@]host[:port],…/master";
    private static final String LEVEL_RULE =
            " must be ERROR, WARNING, INFO, DEBUG, TRACE or OFF, or comma-separated pairs such as"
                    + " io.tidegate.hub=DEBUG, or both";
    private static final String API_KEYS_ERROR =
            "tidegate.api.keys = \"***\": must be empty or a comma-separated list of"
                    + " secrets of at least 32 visible ASCII characters";
    private static final String PROXIES_RULE =
            " must be empty or a comma-separated list of addresses and CIDR blocks, such as 10.0.0.0/8";

    private static final String KEY_SET_RULE =
            " must be empty or a readable file, an https:// URL, or an http:// URL of this machine or of the cluster";
    private static final String PATTERN_RULE =
            " must be empty or a comma-separated list of topics or beginnings of topics followed by *";

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad("tidegate.host", "", " must be a host name or an address"),
                bad("tidegate.host", "http://localhost", " must be a host name or an address"),
                bad("tidegate.port", "", " must be a whole number from 0 to 65535"),
                bad("tidegate.port", "http", " must be a whole number from 0 to 65535"),
                bad("tidegate.port", "65536", " must be a whole number from 0 to 65535"),
                bad("tidegate.port", "-1", " must be a whole number from 0 to 65535"),
                bad("tidegate.port", "8080 ", " must be a whole number from 0 to 65535"),
                bad("tidegate.port", "99999999999999999999", " must be a whole number from 0 to 65535"),
                bad("tidegate.management.port", "9090.0", " must be a whole number from 0 to 65535"),
                bad(
                        "tidegate.node",
                        "pod 7",
                        " must be empty or 1 to 253 letters, digits, dots, dashes or underscores"),
                bad("tidegate.loops", "0", " must be empty or a whole number from 1 to 31"),
                bad("tidegate.heartbeat", "30", " must be a duration from 10ms to 1h"),
                bad("tidegate.heartbeat", "-PT30S", " must be a duration from 10ms to 1h"),
                bad("tidegate.heartbeat", "2h", " must be a duration from 10ms to 1h"),
                bad("tidegate.idle", "1 minute", " must be a duration from 10ms to 24h"),
                bad("tidegate.origins", "", " must be * or a comma-separated list of scheme://host[:port]"),
                bad(
                        "tidegate.origins",
                        "app.example.com",
                        " must be * or a comma-separated list of scheme://host[:port]"),
                bad(
                        "tidegate.origins",
                        "https://app.example.com/",
                        " must be * or a comma-separated list of scheme://host[:port]"),
                bad("tidegate.proxies", "10.0.0.0/33", PROXIES_RULE),
                bad("tidegate.proxies", "localhost", PROXIES_RULE),
                bad("tidegate.proxies", "10.0.0.1,", PROXIES_RULE),
                bad("tidegate.limits.connections", "0", " must be a whole number from 1 to 1000000"),
                bad("tidegate.limits.perip", "1.5", " must be a whole number from 0 to 1000000 (0: off)"),
                bad(
                        "tidegate.limits.clienttopics",
                        "-1",
                        " must be empty or a whole number from 0 to 10000000 (0: off)"),
                bad("tidegate.limits.sockets", "0", " must be empty or a whole number from 1 to 10000000"),
                bad("tidegate.limits.handshakes", "off", " must be a whole number from 0 to 1000000 (0: off)"),
                bad("tidegate.limits.message", "0", " must be a size from 1 to 64MiB"),
                bad("tidegate.limits.message", "64 KiB", " must be a size from 1 to 64MiB"),
                bad("tidegate.limits.rate", "1000001", " must be a whole number from 0 to 1000000 (0: off)"),
                bad("tidegate.limits.queue", "1023", " must be a size from 1KiB to 1GiB"),
                bad("tidegate.limits.queue", "9999999999GiB", " must be a size from 1KiB to 1GiB"),
                bad("tidegate.limits.queue", "1MB", " must be a size from 1KiB to 1GiB"),
                bad("tidegate.limits.history", "1KiB", " must be a size from 64KiB to 1GiB"),
                bad("tidegate.limits.topics", "0", " must be a whole number from 1 to 1000000"),
                bad("tidegate.limits.peruser", "-1", " must be a whole number from 0 to 1000000 (0: off)"),
                bad("tidegate.auth.jwks", "/no/such/file", KEY_SET_RULE),
                bad("tidegate.auth.jwks", "http://login.example.com/keys", KEY_SET_RULE),
                bad("tidegate.auth.jwks", "ftp://localhost/keys", KEY_SET_RULE),
                bad("tidegate.api.port", "http", " must be a whole number from 0 to 65535"),
                bad("tidegate.path", "ws", PATH_RULE),
                bad("tidegate.path", "/ws/", PATH_RULE),
                bad("tidegate.path", "/../ws", PATH_RULE),
                bad("tidegate.path", "/a b", PATH_RULE),
                bad("tidegate.path", "", PATH_RULE),
                arguments("tidegate.api.keys", "only-thirty-one-characters-long", API_KEYS_ERROR),
                arguments("tidegate.api.keys", "k".repeat(32) + "," + "k".repeat(31), API_KEYS_ERROR),
                arguments("tidegate.api.keys", "with a blank " + "k".repeat(32), API_KEYS_ERROR),
                arguments(
                        "tidegate.auth.secret",
                        "only-thirty-one-characters-long",
                        "tidegate.auth.secret = \"***\": must be empty or at least 32 bytes without line breaks or other"
                                + " control characters"),
                bad("tidegate.auth.algorithms", "none", " must be empty or a comma-separated list of algorithms"),
                bad("tidegate.auth.algorithms", "ES256,", " must be empty or a comma-separated list of algorithms"),
                arguments(
                        "tidegate.auth.issuer",
                        "a\nb",
                        "tidegate.auth.issuer = \"a\\u000ab\": must be empty or 1 to 1024 characters without line breaks or"
                                + " other control characters"),
                bad("tidegate.auth.audience", "a,,b", " must be empty or a comma-separated list of audiences"),
                bad("tidegate.auth.leeway", "11m", " must be a duration from 0s to 600s"),
                bad("tidegate.auth.cookie", "a b", " must be empty or the name of a cookie"),
                bad("tidegate.auth.subscribe", "a b", PATTERN_RULE),
                bad("tidegate.auth.subscribe", "{name}*", PATTERN_RULE),
                bad("tidegate.auth.publish", "a*b", PATTERN_RULE),
                bad("tidegate.auth.presence", "/chat", PATTERN_RULE),
                bad("tidegate.anonymous.subscribe", "*,", PATTERN_RULE),
                bad("tidegate.anonymous.publish", "news.**", PATTERN_RULE),
                bad("tidegate.relay.url", "redis", URL_RULE),
                bad(
                        "tidegate.relay.config",
                        "/no/such/file",
                        " must be empty or the path of a file that this process can read"),
                bad("tidegate.relay.config", "/", " must be empty or the path of a file that this process can read"),
                bad("tidegate.tls.certificate", "/", " must be empty or the path of a file that this process can read"),
                bad("tidegate.tls.key", "/", " must be empty or the path of a file that this process can read"),
                bad("tidegate.tls.clients", "/", " must be empty or the path of a file that this process can read"),
                bad("tidegate.tls.management", "no", " must be true or false"),
                bad("tidegate.compression", "deflate", " must be true or false"),
                bad("tidegate.relay.ca", "/", " must be empty or the path of a file that this process can read"),
                bad(
                        "tidegate.relay.prefix",
                        "tide{gate}",
                        " must be 1 to 64 letters, digits, dots, dashes, underscores or colons"),
                bad("tidegate.relay.sharding", "true", " must be none, publish, subscribe or full"),
                bad("tidegate.relay.grace", "2h", " must be a duration from 0s to 1h"),
                bad("tidegate.history.size", "1000001", " must be a whole number from 0 to 1000000 (0: off)"),
                bad("tidegate.history.ttl", "99ms", " must be a duration from 100ms to 720h"),
                bad("tidegate.history.topic", "1023", " must be a size from 1KiB to 1GiB"),
                bad("tidegate.history.bytes", "1KiB", " must be empty or a size from 1MiB to 1GiB"),
                bad("tidegate.presence.linger", "0s", " must be a duration from 100ms to 1h"),
                bad("tidegate.drain.notice", "P2D", " must be a duration from 0s to 24h"),
                bad("tidegate.drain.window", "soon", " must be a duration from 0s to 24h"),
                bad("tidegate.drain.timeout", "999999999999h", " must be a duration from 0s to 24h"),
                bad("tidegate.rebalance.enabled", "yes", " must be true or false"),
                bad("tidegate.rebalance.tolerance", "0", " must be a number from 0.01 to 10"),
                bad("tidegate.rebalance.tolerance", "20%", " must be a number from 0.01 to 10"),
                bad("tidegate.rebalance.share", "1.5", " must be a number from 0.001 to 1"),
                bad("tidegate.rebalance.share", ".5", " must be a number from 0.001 to 1"),
                bad("tidegate.rebalance.minimum", "0", " must be a whole number from 1 to 1000000"),
                bad("tidegate.rebalance.interval", "2", " must be a duration from 100ms to 60s"),
                bad(
                        "tidegate.fleet.name",
                        "east/1",
                        " must be 1 to 128 letters, digits, dots, dashes, underscores or colons"),
                bad("tidegate.tracing.enabled", "on", " must be true or false"),
                bad("tidegate.cost.interval", "0s", " must be empty or a duration from 1s to 1h"),
                bad("tidegate.fleet.public", "True", " must be true or false"),
                bad(
                        "tidegate.fleet.revision",
                        "7d9f/8b6c5",
                        " must be empty or 1 to 63 letters, digits, dots, dashes or underscores"),
                bad(
                        "tidegate.fleet.revision",
                        "r".repeat(64),
                        " must be empty or 1 to 63 letters, digits, dots, dashes or underscores"),
                bad("tidegate.log.format", "JSON", " must be text or json"),
                bad("tidegate.log.level", "", LEVEL_RULE),
                bad("tidegate.log.level", "debug", LEVEL_RULE),
                bad("tidegate.log.level", "INFO,DEBUG", LEVEL_RULE),
                bad("tidegate.log.level", "INFO,", LEVEL_RULE),
                bad("tidegate.log.level", "io.tidegate.hub", LEVEL_RULE),
                bad("tidegate.log.level", "io.tidegate.hub=", LEVEL_RULE),
                bad("tidegate.log.level", "io..hub=DEBUG", LEVEL_RULE),
                bad("tidegate.log.level", "=DEBUG", LEVEL_RULE),
                bad("tidegate.log.level", "a=b=DEBUG", LEVEL_RULE),
                bad("tidegate.log.level", "a=DEBUG,a=INFO", LEVEL_RULE),
                arguments(
                        "tidegate.relay.username",
                        "tide\tgate",
                        "tidegate.relay.username = \"tide\\u0009gate\": must be empty or 1 to 1024 characters without"
                                + " line breaks or other control characters"),
                arguments(
                        "tidegate.relay.password",
                        "hunter2\n",
                        "tidegate.relay.password = \"***\": must be empty or 1 to 1024 characters without"
                                + " line breaks or other control characters"));
    }

    private static Arguments bad(String key, String value, String rule) {
        return arguments(key, value, key + " = \"" + value + "\":" + rule);
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void badValueIsReportedWithWhatIsAllowed(String key, String value, String error) {
        assertEquals(List.of(error), errors(Map.of(key, value)));
    }

    @Test
    void whatWouldLeaveAClosedServerOpenToOthersIsRefused() {
        String secret = "x".repeat(32);
        assertEquals(
                List.of("tidegate.auth.audience = \"\": must not be empty with a JWK Set, because its issuer can"
                        + " issue tokens for other servers, too (tidegate.auth.jwks = \"https://a.example/keys\")"),
                errors(Map.of("tidegate.auth.jwks", "https://a.example/keys")));
        assertEquals(
                List.of("tidegate.auth.algorithms = \"ES256,HS256\": HS256 to HS512 need a secret, the other"
                        + " algorithms need a JWK Set (tidegate.auth.jwks = \"https://a.example/keys\","
                        + " tidegate.auth.secret = \"***\")"),
                errors(Map.of(
                        "tidegate.auth.jwks", "https://a.example/keys",
                        "tidegate.auth.audience", "a",
                        "tidegate.auth.algorithms", "ES256,HS256")));
        assertEquals(
                List.of("tidegate.auth.secret = \"***\": must have at least 48 bytes for HS384 and 64 for HS512 (RFC"
                        + " 7518, section"
                        + " 3.2) (tidegate.auth.algorithms = \"HS384\")"),
                errors(Map.of("tidegate.auth.secret", secret, "tidegate.auth.algorithms", "HS384")));
        assertEquals(
                List.of("tidegate.auth.cookie = \"token\": must be empty if every web page may connect, because a"
                        + " browser sends the cookie for every page (tidegate.origins = \"*\")"),
                errors(Map.of("tidegate.auth.secret", secret, "tidegate.auth.cookie", "token")));
    }

    @Test
    void theApisPortDiffersFromTheOthersWhereItIsOpen() {
        String keys = "k".repeat(32);
        for (String port : List.of("8080", "9090")) {
            assertEquals(
                    List.of("tidegate.api.port = \"" + port + "\": must differ from the other ports (tidegate.port ="
                            + " \"8080\", tidegate.management.port = \"9090\", tidegate.api.keys = \"***\")"),
                    errors(Map.of("tidegate.api.port", port, "tidegate.api.keys", keys)));
            SettingsReader.read(Map.of("tidegate.api.port", port), Map.of());
        }
    }

    @Test
    void everyKeyHasABadValueAbove() {
        Set<Object> tried = badValues().map(row -> row.get()[0]).collect(Collectors.toSet());

        assertEquals(Keys.ALL.stream().map(Key::name).collect(Collectors.toSet()), tried);
    }

    @Test
    void valuesThatDoNotGoTogetherAreReported() {
        assertEquals(
                List.of(
                        "tidegate.management.port = \"8080\": must differ from the other port (tidegate.port = \"8080\")",
                        "tidegate.idle = \"30s\": must be more than the heartbeat (tidegate.heartbeat = \"PT30S\")",
                        "tidegate.limits.queue = \"1MiB\": must be at least the largest message"
                                + " (tidegate.limits.message = \"2MiB\")",
                        "tidegate.drain.timeout = \"25s\": must be more than notice and window together"
                                + " (tidegate.drain.notice = \"5s\", tidegate.drain.window = \"20s\")"),
                errors(Map.of(
                        "tidegate.management.port", "8080",
                        "tidegate.idle", "30s",
                        "tidegate.heartbeat", "PT30S",
                        "tidegate.limits.message", "2MiB",
                        "tidegate.drain.timeout", "25s")));
    }

    @Test
    void aCertificateAndItsKeyComeTogether(@TempDir Path directory) throws IOException {
        String file = Files.createFile(directory.resolve("tls.pem")).toString();
        assertEquals(
                List.of("tidegate.tls.certificate = \"" + file + "\": needs a private key (tidegate.tls.key = \"\")"),
                errors(Map.of("tidegate.tls.certificate", file)));
        for (String key : List.of("tidegate.tls.key", "tidegate.tls.clients")) {
            assertEquals(
                    List.of(key + " = \"" + file
                            + "\": must be empty without a certificate (tidegate.tls.certificate = \"\")"),
                    errors(Map.of(key, file)));
        }
    }

    @Test
    void credentialsMayNotStandInTwoPlaces() {
        assertEquals(
                List.of(
                        "tidegate.relay.username = \"tide\": must be empty if the URL contains the credentials"
                                + " (tidegate.relay.url = \"redis://***@redis\")",
                        "tidegate.relay.password = \"***\": must be empty if the URL contains the credentials"
                                + " (tidegate.relay.url = \"redis://***@redis\")"),
                errors(Map.of(
                        "tidegate.relay.url", "redis://:hunter1@redis",
                        "tidegate.relay.username", "tide",
                        "tidegate.relay.password", "hunter2")));
    }

    @Test
    void valueThatIsBadByItselfIsNotMeasuredAgainstOthers() {
        assertEquals(
                List.of("tidegate.limits.queue = \"4 MiB\": must be a size from 1KiB to 1GiB"),
                errors(Map.of("tidegate.limits.message", "2MiB", "tidegate.limits.queue", "4 MiB")));
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        SettingsException refused = assertThrows(
                SettingsException.class,
                () -> read(Map.of(
                        "tidegate.drian.window", "10s",
                        "tidegate.drain.timeout", "20s",
                        "tidegate.port", "http",
                        "tidegate.limits.rate", "many")));

        assertEquals("""
                4 errors in the configuration:
                  tidegate.port = "http": must be a whole number from 0 to 65535
                  tidegate.limits.rate = "many": must be a whole number from 0 to 1000000 (0: off)
                  tidegate.drain.timeout = "20s": must be more than notice and window together \
                (tidegate.drain.notice = "5s", tidegate.drain.window = "20s")
                  tidegate.drian.window = "***": no such key, did you mean tidegate.drain.window?""", refused.getMessage());
        assertEquals(4, refused.errors().size());
    }

    @Test
    void oneErrorIsNotCalledErrors() {
        SettingsException refused = assertThrows(SettingsException.class, () -> read(Map.of("tidegate.port", "http")));

        assertEquals(
                "1 error in the configuration:\n  tidegate.port = \"http\": must be a whole number from 0 to 65535",
                refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "tidegate.prot, tidegate.port",
        "tidegate.origin, tidegate.origins",
        "tidegate.origins.0, tidegate.origins",
        "tidegate.limits.perIp, tidegate.limits.perip",
        "tidegate.limits.per-ip, tidegate.limits.perip",
        "tidegate.management-port, tidegate.management.port",
        "tidegate.managementPort, tidegate.management.port",
        "tidegate.relay.pasword, tidegate.relay.password",
        "tidegate.relay.user, tidegate.relay.url",
        "tidegate.history.sise, tidegate.history.size"
    })
    void misspeltKeyIsReportedWithTheNearest(String written, String meant) {
        assertEquals(
                List.of(written + " = \"***\": no such key, did you mean " + meant + "?"),
                errors(Map.of(written, "hunter2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tidegate.", "tidegate.x", "tidegate.threads", "tidegate.compression.level"})
    void keyThatResemblesNoneIsReportedAlone(String key) {
        assertEquals(List.of(key + " = \"***\": no such key"), errors(Map.of(key, "hunter2")));
    }

    @Test
    void serviceNamedTidegateIsRecognised() {
        Map<String, String> environment = Map.of(
                "TIDEGATE_SERVICE_HOST", "10.0.0.1",
                "TIDEGATE_SERVICE_PORT", "8080",
                "TIDEGATE_SERVICE_PORT_HTTP", "8080",
                "TIDEGATE_PORT", "tcp://10.0.0.1:8080",
                "TIDEGATE_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                "TIDEGATE_PORT_8080_TCP_PROTO", "tcp",
                "TIDEGATE_PORT_8080_TCP_PORT", "8080",
                "TIDEGATE_PORT_8080_TCP_ADDR", "10.0.0.1");

        assertEquals(
                List.of(
                        "tidegate.port = \"tcp://10.0.0.1:8080\":" + LINK,
                        "tidegate.port.8080.tcp = \"tcp://10.0.0.1:8080\":" + LINK,
                        "tidegate.port.8080.tcp.addr = \"10.0.0.1\":" + LINK,
                        "tidegate.port.8080.tcp.port = \"8080\":" + LINK,
                        "tidegate.port.8080.tcp.proto = \"tcp\":" + LINK,
                        "tidegate.service.host = \"10.0.0.1\":" + LINK,
                        "tidegate.service.port = \"8080\":" + LINK,
                        "tidegate.service.port.http = \"8080\":" + LINK),
                errors(SettingsReader.fromEnvironment(environment)));
    }

    @ParameterizedTest
    @CsvSource({
        "tidegate.redis.service.host, 10.0.0.2",
        "tidegate.redis.service.port, 6379",
        "tidegate.redis.port, tcp://10.0.0.2:6379",
        "tidegate.redis.port.6379.tcp.addr, 10.0.0.2",
        "tidegate.management.port, tcp://10.0.0.2:9090"
    })
    void serviceWhoseNameBeginsWithTidegateIsRecognised(String key, String value) {
        assertEquals(List.of(key + " = \"" + value + "\":" + LINK), errors(Map.of(key, value)));
    }

    @Test
    void unknownPortIsNoServiceLinkByItself() {
        assertEquals(
                List.of("tidegate.redis.port = \"***\": no such key"), errors(Map.of("tidegate.redis.port", "6379")));
    }

    @Test
    void longValueIsCutAndStaysOnOneLine() {
        String error =
                errors(Map.of("tidegate.host", "a\nb" + "c".repeat(10_000))).getFirst();

        assertTrue(error.startsWith("tidegate.host = \"a\\u000abccc"), error);
        assertTrue(error.endsWith("ccc…\": must be a host name or an address"), error);
        assertTrue(error.length() < 300, error);
        assertFalse(error.contains("\n"), error);
    }

    @Test
    void unknownKeyIsCutAndStaysOnOneLine() {
        String error = errors(Map.of("tidegate.a\nb" + "c".repeat(10_000), "1")).getFirst();

        assertTrue(error.startsWith("tidegate.a\\u000abccc"), error);
        assertTrue(error.endsWith("ccc… = \"***\": no such key"), error);
        assertTrue(error.length() < 300, error);
    }

    private static Settings read(Map<String, String> values) {
        return SettingsReader.read(values, Map.of());
    }

    private static List<String> errors(Map<String, String> values) {
        return assertThrows(SettingsException.class, () -> read(values)).errors();
    }
}
