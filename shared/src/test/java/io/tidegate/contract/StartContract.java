package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.node.Version;
import io.tidegate.testing.FreePort;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 3: a start that cannot succeed says why, in a line each, and leaves. */
abstract class StartContract {

    abstract Path jar();

    /** Everything once, and no more; that sockets can be asked, too, since the jar's manifest allows it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aStartSaysOnceWhatDecidesOnTheServersBehaviourAndNoSecret() {
        Map<String, String> closed = Map.of(
                "tidegate.host",
                "127.0.0.1",
                "tidegate.node",
                "node-1",
                "tidegate.auth.secret",
                TestToken.SECRET,
                "tidegate.api.keys",
                "k".repeat(40),
                "tidegate.relay.url",
                "redis://app:hunter22@127.0.0.1:" + FreePort.find());
        try (ServerProcess server = ServerProcess.start(jar(), closed)) {
            List<String> lines = server.output()
                    .lines()
                    .filter(line -> !line.contains("The relay is down"))
                    .toList();
            List<String> begins = List.of(
                    "Tidegate " + Version.current() + " (",
                    "Listening on 127.0.0.1: ",
                    "Limits: connections 10000",
                    "Relay: redis://127.0.0.1:",
                    "Fleet: tidegate, rebalance on",
                    "Access: closed",
                    "TLS: none",
                    "Writes: loops ");
            assertEquals(begins.size() + 1, lines.size(), server::output);
            for (int i = 0; i < begins.size(); i++) {
                assertTrue(lines.get(i).contains("INFO io.tidegate.node.Launch: " + begins.get(i)), server::output);
            }
            assertTrue(lines.getFirst().contains(", node node-1;"), server::output);
            assertTrue(
                    lines.get(1)
                            .contains(" " + server.port() + ", management " + server.managementPort() + ", API "
                                    + server.apiPort()),
                    server::output);
            assertTrue(lines.get(3).contains("user app, password ***"), server::output);
            assertTrue(lines.getLast().startsWith("Tidegate " + Version.current() + " ("), server::output);
            assertTrue(
                    lines.getLast().contains(" listens: page http://127.0.0.1:" + server.port() + "/,"),
                    server::output);
            for (String secret : List.of("hunter22", TestToken.SECRET, "kkkk")) {
                assertFalse(server.output().contains(secret), server::output);
            }
        }
    }

    @Test
    void anOpenServerSaysInOneLineMoreThatItIsOpenAndHowToCloseIt() {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of("tidegate.log.level", "WARNING"))) {
            assertEquals(2, server.output().lines().count(), server::output);
            String warning = server.output().lines().findFirst().orElse("");
            assertTrue(warning.contains("WARNING"), server::output);
            assertTrue(warning.contains("tidegate.auth.jwks or tidegate.auth.secret"), server::output);
            assertTrue(server.output().endsWith(", on 0.0.0.0"), server::output);
        }
    }

    @Test
    void everyBadSettingIsNamedAtOnce() {
        Map<String, String> settings = Map.of(
                "tidegate.heartbeat", "soon",
                "tidegate.limits.conections", "5",
                "tidegate.relay.password", "hunter2",
                "tidegate.relay.url", "http://hunter2@redis");
        try (ServerProcess server = ServerProcess.startInVain(jar(), settings)) {
            assertEquals(2, server.awaitExit(java.time.Duration.ZERO));
            for (String part :
                    List.of("tidegate.heartbeat", "soon", "tidegate.limits.conections", "tidegate.relay.url")) {
                assertTrue(server.output().contains(part), () -> part + " in:\n" + server.output());
            }
            assertFalse(server.output().contains("hunter2"), server::output);
            assertFalse(server.output().contains("\tat "), server::output);
            assertEquals(
                    "3 errors in the configuration:",
                    server.output().lines().findFirst().orElse(""));
            assertEquals(4, server.output().lines().count(), server::output);
        }
    }

    @Test
    void theVersionCanBeAskedWithoutAStart() {
        try (ServerProcess server = ServerProcess.startInVain(jar(), Map.of(), "--version")) {
            assertEquals(0, server.awaitExit(java.time.Duration.ZERO));
            assertTrue(
                    server.output()
                            .matches("Tidegate " + Version.current() + " \\(Helidon (SE|MP)\\), revision "
                                    + Version.revision()),
                    server::output);
        }
    }

    @Test
    void anArgumentThatMeansNothingIsNotIgnored() {
        try (ServerProcess server = ServerProcess.startInVain(jar(), Map.of(), "--version", "--tidegate.port=8081")) {
            assertEquals(2, server.awaitExit(java.time.Duration.ZERO));
            assertTrue(
                    server.output()
                            .startsWith(
                                    "unknown argument: --tidegate.port=8081; the only allowed argument is --version"),
                    server::output);
            assertEquals(1, server.output().lines().count(), server::output);
        }
    }

    @Test
    void whoIsNoPodIsNotToldToWriteToKubernetes() {
        try (ServerProcess server = ServerProcess.startInVain(jar(), Map.of("tidegate.cost.interval", "30s"))) {
            assertEquals(2, server.awaitExit(java.time.Duration.ZERO));
            assertTrue(server.output().startsWith("tidegate.cost.interval works only in a pod"), server::output);
            assertEquals(1, server.output().lines().count(), server::output);
        }
    }

    @Test
    void aServiceLinkOfKubernetesIsRecognised() {
        try (ServerProcess server = ServerProcess.startInVain(jar(), Map.of("tidegate.port", "tcp://10.0.0.1:8080"))) {
            assertEquals(2, server.awaitExit(java.time.Duration.ZERO));
            assertTrue(server.output().contains("enableServiceLinks: false"), server::output);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tidegate.port", "tidegate.management.port"})
    void aTakenPortIsOneLineThatNamesItsKey(String key) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"));
                ServerProcess server =
                        ServerProcess.startInVain(jar(), Map.of(key, String.valueOf(taken.getLocalPort())))) {
            assertEquals(1, server.awaitExit(java.time.Duration.ZERO));
            assertTrue(server.output().startsWith(key + "=" + taken.getLocalPort()), server::output);
            assertEquals(1, server.output().lines().count(), server::output);
        }
    }
}
