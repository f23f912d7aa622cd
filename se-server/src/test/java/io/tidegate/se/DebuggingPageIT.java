package io.tidegate.se;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code docs/debugging.md} for a process, as they stand there, do what the page says. */
@EnabledOnOs(OS.LINUX)
final class DebuggingPageIT {
    private static final Path PAGE = Path.of("..", "docs", "debugging.md");
    private static final Pattern JCMD = Pattern.compile("(?m)^jcmd \\$PID .*$");
    private static final Pattern JSHELL = Pattern.compile("(?ms)^jshell .*?^EOF$");

    private static final Pattern OPTION = Pattern.compile("(?m)^-Dhelidon\\..*$");

    @TempDir
    Path folder;

    @Test
    void everyDumpOfAProcessWorks() throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of());
                RawClient client = RawClient.connect(server.port(), "/")) {
            List<String> commands = commands(JCMD);
            assertTrue(commands.size() >= 10, commands::toString);
            for (String command : commands) {
                String output = run(server, command);
                assertFalse(output.contains("Exception") && !command.contains("histogram"), command + ":\n" + output);
            }
            for (String file : List.of("threads.json", "heap.hprof", "look.jfr")) {
                assertTrue(Files.size(folder.resolve(file)) > 1_000, file);
            }
            assertTrue(Files.readString(folder.resolve("threads.json"))
                    .contains("io.tidegate.helidon.WebSocketConnection"));
            client.text("still here");
            assertEquals("still here", client.message());
        }
    }

    @Test
    void aLevelChangesWhileTheServerRuns() throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of(), Duration.ofSeconds(60), commands(OPTION))) {
            String output = run(server, commands(JSHELL).getFirst());
            assertFalse(output.contains("Exception"), output);
            try (RawClient client = RawClient.connect(server.port(), "/")) {
                client.text("hello");
                assertEquals("hello", client.message());
            }
            Await.until(
                    server::output,
                    Duration.ofSeconds(10),
                    () -> server.output().contains(" DEBUG io.tidegate.hub.Connection: "));
        }
    }

    private static Path jar() {
        return Path.of(System.getProperty("tidegate.jar"));
    }

    private static List<String> commands(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private String run(ServerProcess server, String command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", command.replace("/tmp/", folder + "/")).redirectErrorStream(true);
        builder.environment().put("PID", String.valueOf(server.pid()));
        builder.environment()
                .merge(
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        (old, bin) -> bin + ":" + old);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), () -> command + ":\n" + output);
        return output;
    }
}
