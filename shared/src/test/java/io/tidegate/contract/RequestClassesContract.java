package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.hostile.Attack;
import io.tidegate.hostile.Siege;
import io.tidegate.node.RequestClasses;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decision 33: no connection is the first to need a class of ours or of a library, whatever it sends. */
abstract class RequestClassesContract {
    private static final Duration SIEGE = Duration.ofSeconds(3);
    private static final Duration START = Duration.ofSeconds(60);

    /** As the JVM logs a class that it has loaded from a file; those of the JDK and those made at run time have none. */
    private static final String FROM_FILE = " source: file:";

    private static final String COMPRESSES = "Sec-WebSocket-Extensions: permessage-deflate";

    @TempDir
    private Path directory;

    abstract Path jar();

    @Test
    void whatIsListedIsLoadedAtTheStartAndNothingByAConnection() throws IOException, InterruptedException {
        Path log = directory.resolve("classes.txt");
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.compression", "true");
        List<String> options = List.of("-XX:AOTMode=off", "-Xlog:class+load:file=" + log + ":none:filesize=0");
        try (ServerProcess server = ServerProcess.start(jar(), settings, START, options)) {
            List<String> before = loaded(log);
            Set<String> unknown = new TreeSet<>(RequestClasses.names(getClass().getClassLoader()));
            before.forEach(unknown::remove);
            assertEquals(Set.of(), unknown, "to be taken out of " + RequestClasses.LISTS);
            Attack.Ports ports = new Attack.Ports(server.port(), server.managementPort(), server.apiPort());
            new Siege(ports, List.of(Attack.values()), 1).hold(SIEGE);
            goodClient(server);
            Set<String> missing = new TreeSet<>(loaded(log));
            before.forEach(missing::remove);
            assertEquals(Set.of(), missing, "to be added to a file " + RequestClasses.LISTS);
        }
    }

    /** What others use: both wires, presence, the API, and what operators and browsers ask. */
    private static void goodClient(ServerProcess server) {
        try (FullClient ann = FullClient.connect(server.port(), "", COMPRESSES, "Sec-WebSocket-Protocol: tidegate.v1");
                RawClient broadcast = RawClient.connect(server.port(), "/")) {
            broadcast.text("hello");
            ann.says("{\"type\":\"subscribe\",\"topic\":\"room\",\"last\":10,\"presence\":true}");
            ann.publish("room", "first", "an-id");
            ann.says("{\"type\":\"unsubscribe\",\"topic\":\"room\"}");
            ann.says("{\"type\":\"ping\"}");
        }
        ApiClient api = new ApiClient(server);
        String position = api.publish("room", "{\"message\":\"second\"}").position();
        api.get("/api/topics/room/messages?after=" + position);
        api.get("/api/topics/room/presence");
        api.get("/api/topics");
        api.get("/api/connections");
        for (String path : List.of("/health", "/health/ready", "/metrics", "/fleet", "/connections")) {
            server.get(path);
        }
    }

    private static List<String> loaded(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(FROM_FILE))
                    .map(line -> line.substring(0, line.indexOf(FROM_FILE)))
                    .toList();
        }
    }
}
