package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** Not even that sockets cannot be asked: the jar's manifest allows that. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aStartThatSucceedsIsOneLine() {
        Map<String, String> closed = Map.of("tidegate.auth.secret", TestToken.SECRET);
        try (ServerProcess server = ServerProcess.start(jar(), closed)) {
            assertEquals(1, server.output().lines().count(), server::output);
            assertTrue(server.output().contains(" is ready: "), server::output);
        }
    }

    @Test
    void anOpenServerSaysInOneLineMoreThatItIsOpenAndHowToCloseIt() {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of())) {
            List<String> warnings = server.output()
                    .lines()
                    .filter(line -> line.contains("tidegate.auth.jwks or tidegate.auth.secret"))
                    .toList();
            assertEquals(1, warnings.size(), server::output);
            assertTrue(warnings.getFirst().contains("WARNING"), server::output);
            assertEquals(2, server.output().lines().count(), server::output);
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
