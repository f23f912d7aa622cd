package io.tidegate.rehearsal.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.command.Subcommand;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TcpProxy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The load generator against real servers. */
class LoadIT {
    private static final Path SE = Path.of("../se-server/target/tidegate-se-server.jar");
    private static final Path MP = Path.of("../mp-server/target/tidegate-mp-server.jar");

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void aRunWithoutFaultSaysWhatHappened(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("load.html");
        assertEquals(0, load("--connections 40 --topics 4 --rate 50 --duration 8s --json --plot " + page), all());
        assertEquals(List.of("true"), values("good"));
        assertEquals(List.of("40"), values("live"));
        assertTrue(Long.parseLong(values("published").getFirst()) >= 100, all());
        assertEquals(values("published"), values("acknowledged"));
        // Nothing but the load is timed and counted: not the messages by which the run finds that every client has all
        // messages.
        assertEquals(
                List.of(values("received").getFirst(), values("acknowledged").getFirst()),
                values("count").subList(0, 2));
        assertTrue(values("p99").size() >= 2, all());
        assertTrue(out.toString().startsWith("{"), "JSON alone is on the standard output");
        assertTrue(errors.toString().contains("live "), all());
        assertTrue(Files.readString(page).contains("nothing lost, duplicated or reordered"));
    }

    @Test
    void aMessageThatIsLostOnItsWayIsFound() throws Exception {
        try (ServerProcess server = ServerProcess.start(SE, Map.of());
                TcpProxy proxy = TcpProxy.start(server.port(), new LossyTransfer(0))) {
            assertEquals(1, load("--connections 10 --topics 2 --duration 6s --json " + url(proxy.port())), all());
        }
        assertEquals(List.of("1"), values("lost"));
        assertEquals(List.of("0"), values("duplicated"));
        assertTrue(out.toString().contains("never came to v1-"), all());
    }

    @Test
    void aMessageThatComesTwiceOnThePlainWireIsFound() throws Exception {
        try (ServerProcess server = ServerProcess.start(SE, Map.of());
                TcpProxy proxy = TcpProxy.start(server.port(), new LossyTransfer(2))) {
            assertEquals(
                    1,
                    load("--connections 10 --topics 2 --duration 6s --json --wire plain " + url(proxy.port())),
                    all());
        }
        assertEquals(List.of("1"), values("duplicated"));
        assertEquals(List.of("0"), values("lost"));
    }

    @Test
    void aSlowReaderIsThrownOutAndNobodyElseMissesAnything() throws Exception {
        try (ServerProcess server = ServerProcess.start(SE, Map.of("tidegate.limits.queue", "4MiB"))) {
            assertEquals(
                    0,
                    load("--connections 10 --topics 1 --rate 40 --size 32000 --slow 1 --duration 25s "
                            + url(server.port())),
                    all());
            String metrics = server.get("/metrics").body();
            assertFalse(metrics.contains("websocket_slow_consumers_total{scope=\"vendor\"} 0"), metrics);
            assertTrue(metrics.contains("code=\"1013\""), metrics);
        }
    }

    @Test
    void severalServersOfOneFleetAreOneTarget() throws Exception {
        try (RedisServer redis = RedisServer.start();
                ServerProcess se = ServerProcess.start(SE, fleet(redis, "one"));
                ServerProcess mp = ServerProcess.start(MP, fleet(redis, "two"))) {
            // What is published without an id while the relay is down is refused, and nobody repeats it.
            Await.until("both ready", () -> isReady(se) && isReady(mp));
            String urls = url(se.port()) + " " + url(mp.port());
            assertEquals(
                    0, load("--connections 60 --topics 6 --duration 8s --wire v1=80,plain=20 --json " + urls), all());
        }
        assertTrue(Long.parseLong(values("one").getFirst()) > 0, all());
        assertTrue(Long.parseLong(values("two").getFirst()) > 0, all());
        assertEquals(values("received").getFirst(), values("count").getFirst());
    }

    @Test
    void whoLeavesInTheMiddleMissesNothing() {
        assertEquals(0, load("--profile 0s:80,6s:20,9s:50 --topics 5 --duration 12s --json"), all());
        assertEquals(List.of("50"), values("live"));
        assertEquals(List.of("0"), values("reconnects"));
    }

    @Test
    void theServersPathsMayBeBehindAnother() throws Exception {
        try (ServerProcess server = ServerProcess.start(SE, Map.of("tidegate.path", "/ws"))) {
            String clients = "--connections 10 --topics 2 --duration 3s --wire v1=50,plain=40,broadcast=10 ";
            assertEquals(0, load(clients + url(server.port()) + "/ws/chat"), all());
        }
    }

    @Test
    void itFitsATerminalOf80Columns() {
        assertEquals(0, load("--connections 20 --duration 3s"), all());
        all().lines().forEach(line -> assertTrue(line.length() <= 80, line));
        out.getBuffer().setLength(0);
        assertEquals(0, load("--help"), all());
        out.toString().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }

    @Test
    void broadcastGoesToAll() {
        assertEquals(0, load("--connections 20 --rate 20 --wire broadcast --duration 8s --json"), all());
        long published = Long.parseLong(values("published").getFirst());
        assertTrue(Long.parseLong(values("received").getFirst()) >= published * 10, all());
    }

    @Test
    void whatIsNotReachedIsSaid() throws Exception {
        try (ServerProcess server = ServerProcess.start(SE, Map.of("tidegate.limits.connections", "5"))) {
            assertEquals(1, load("--connections 9 --topics 1 --duration 6s " + url(server.port())), all());
        }
        assertTrue(out.toString().contains("of 9 connections after 6 s"), all());
    }

    @ParameterizedTest
    @CsvSource({
        "--ramp 5,'allowed is a rate above 0, such as 500/s'",
        "--wire v2,'allowed are v1, plain, broadcast'",
        "--profile 5,'allowed are steps TIME:CONNECTIONS'",
        "--runtime perl,allowed are se and mp",
        "--connections 2000000000,ulimit -n",
        "ws://localhost:1,no server listens at ws://localhost:1",
        "http://localhost:1,allowed is a URL such as ws://localhost:8080",
        "--size -1,--size 0 to 1048576",
        "--connections -5,'--connections: -5; allowed is 1 or more'",
        "--connections 0,'--connections: 0; allowed is 1 or more'",
        "ws://localhost:99999,with a port from 1 to 65535",
        "ws://localhost:0,with a port from 1 to 65535",
        "ws://localhost:8080/chat?topic=a,without a query",
        "--plot /no/such/folder/load.html,allowed is a file in a folder that is there",
        "--nonsense,Unknown option: '--nonsense'"
    })
    void aWrongArgumentIsNamedWithWhatIsAllowed(String argument, String message) {
        assertEquals(2, load(argument));
        assertTrue(errors.toString().contains(message), errors.toString());
        assertTrue(errors.toString().startsWith("tidegate: load: "), errors.toString());
        assertEquals(1, errors.toString().lines().count(), errors.toString());
    }

    private static Map<String, String> fleet(RedisServer redis, String node) {
        return Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.node", node);
    }

    private static boolean isReady(ServerProcess server) {
        return server.get("/health/ready").statusCode() == 200;
    }

    private static String url(int port) {
        return "ws://localhost:" + port;
    }

    private int load(String arguments) {
        List<String> all = new ArrayList<>(List.of("load", "--root", ".."));
        all.addAll(List.of(arguments.split(" ")));
        return Subcommand.line(new LoadCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(errors, true))
                .execute(all.toArray(String[]::new));
    }

    /** What the JSON says under this name, wherever. */
    private List<String> values(String name) {
        return Pattern.compile("\"" + name + "\" : ([^,\\s]+)")
                .matcher(out.toString())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private String all() {
        return errors + "\n" + out;
    }
}
