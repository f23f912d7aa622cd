package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.JsonLine;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a server writes for its operator. */
abstract class LogContract {
    abstract Path jar();

    @Test
    void asJsonEveryLineIsAnObjectFromTheFirstToTheLast() {
        Map<String, String> settings = Map.of(
                "tidegate.log.format", "json",
                "tidegate.log.level", "DEBUG",
                "tidegate.node", "node-1",
                "tidegate.drain.notice", "100ms",
                "tidegate.drain.window", "100ms");
        try (ServerProcess server = ServerProcess.start(jar(), settings)) {
            try (FullClient client = FullClient.subscribed(server.port(), "news")) {
                assertTrue(client.name().startsWith("node-1:"), client::name);
                server.terminate();
                client.expect("server-shutdown");
            }
            assertEquals(0, server.awaitExit(Duration.ofSeconds(20)), server::output);
            List<String> messages = new ArrayList<>();
            for (String line : server.output().lines().toList()) {
                Map<String, String> object = JsonLine.members(line);
                assertEquals(List.of("time", "level", "logger", "message", "node"), List.copyOf(object.keySet()), line);
                assertEquals("node-1", object.get("node"), line);
                messages.add(String.valueOf(object.get("message")));
            }
            assertTrue(messages.getFirst().startsWith("This server is open"), server::output);
            assertTrue(messages.stream().anyMatch(message -> message.contains(" listens: ")), server::output);
            assertTrue(messages.stream().anyMatch(message -> message.startsWith("Drained in ")), server::output);
        }
    }

    @Test
    void aConnectionsLifeIsWrittenAtDebugByTheNameThatItsClientKnows() {
        Map<String, String> settings = Map.of("tidegate.log.level", "WARNING,io.tidegate.hub=DEBUG");
        try (ServerProcess server = ServerProcess.start(jar(), settings)) {
            String name;
            try (FullClient client = FullClient.subscribed(server.port(), "news")) {
                name = client.name();
                client.says("{\"type\":\"publish\",\"topic\":\"news\",\"message\":\"a payload\"}");
                client.expect("message");
            }
            Await.until(
                    server::output,
                    Duration.ofSeconds(10),
                    () -> server.output().contains(name + " ended with 1006"));
            List<String> life = server.output()
                    .lines()
                    .filter(line -> line.contains(name + " "))
                    .map(line -> line.substring(line.indexOf(name) + name.length() + 1)
                            .replaceAll(" \\d+ ms", ""))
                    .toList();
            assertEquals(List.of("opened, tidegate.v1, no user", "subscribes to news", "ended with 1006 after"), life);
            assertFalse(server.output().contains("payload"), server::output);
            assertFalse(server.output().contains(" INFO "), server::output);
        }
    }

    @Test
    void byDefaultNoConnectionIsMentioned() {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of())) {
            String name;
            try (FullClient client = FullClient.subscribed(server.port(), "news")) {
                name = client.name();
            }
            Await.until("it is gone", () -> server.metric("websocket_active_connections") == 0);
            assertFalse(server.output().contains(name), server::output);
            assertEquals(
                    Set.of(),
                    Set.copyOf(server.output()
                            .lines()
                            .filter(line -> line.contains(" DEBUG "))
                            .toList()));
        }
    }
}
