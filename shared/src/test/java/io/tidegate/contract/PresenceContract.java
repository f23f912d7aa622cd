package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.ApiClient.Reply;
import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Who is in a topic, on a closed fleet of two servers. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class PresenceContract {
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final Pattern USER = Pattern.compile("\"user\":(null|\"[^\"]*\"),\"connections\":([0-9]+)");

    private final RedisServer redis = RedisServer.start();
    private final List<Runnable> closing = new ArrayList<>();
    private ServerProcess east;
    private ServerProcess west;
    private ApiClient eastApi;

    abstract Path jar();

    /** What the second server of the fleet runs. */
    Path secondJar() {
        return jar();
    }

    private Map<String, String> settings(String node) {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.node", node);
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.presence.linger", LINGER.toSeconds() + "s");
        settings.putAll(TestToken.settings());
        settings.put("tidegate.auth.presence", "room-*");
        settings.put("tidegate.anonymous.subscribe", "room-*");
        return settings;
    }

    @BeforeAll
    void start() {
        east = ServerProcess.start(jar(), settings("east"));
        west = ServerProcess.start(secondJar(), settings("west"));
        eastApi = new ApiClient(east);
    }

    @AfterAll
    void stop() {
        east.close();
        west.close();
        redis.close();
    }

    /** Somebody in a topic. */
    private FullClient come(ServerProcess server, String user, String topic) {
        FullClient client = connect(server, user);
        client.says("{\"type\":\"subscribe\",\"topic\":\"%s\"}".formatted(topic));
        client.expect("subscribed");
        return client;
    }

    private FullClient connect(ServerProcess server, String user) {
        FullClient client = FullClient.connect(
                server.port(),
                "",
                "Sec-WebSocket-Protocol: tidegate.v1",
                "Authorization: Bearer " + TestToken.of(user).signed());
        closing.add(client::close);
        return client;
    }

    private RawClient comeWithoutToken(ServerProcess server, String topic) {
        RawClient client = RawClient.connect(server.port(), "/chat?topic=" + topic);
        closing.add(client::close);
        return client;
    }

    @AfterEach
    void closeClients() {
        closing.forEach(Runnable::run);
        closing.clear();
    }

    private static Map<String, Integer> watch(FullClient client, String topic) {
        client.says("{\"type\":\"subscribe\",\"topic\":\"%s\",\"presence\":true}".formatted(topic));
        Map<String, Integer> users = users(client.expect("presence").json());
        client.expect("subscribed");
        return users;
    }

    private static Map<String, Integer> users(String json) {
        Map<String, Integer> users = new TreeMap<>();
        Matcher user = USER.matcher(json);
        while (user.find()) {
            users.put(user.group(1).replace("\"", ""), Integer.parseInt(user.group(2)));
        }
        return users;
    }

    private Map<String, Integer> listed(String topic) {
        return users(eastApi.get("/api/topics/" + topic + "/presence").body());
    }

    private static void expect(FullClient client, String type, String user) {
        Frame frame = client.expect(type);
        assertEquals(user, frame.field("user"), frame::json);
    }

    @Test
    void whoAsksSeesEverybodyOfTheFleetItselfTooAndThenWhoComesAndGoes() {
        String topic = "room-list";
        FullClient watcher = connect(east, "ann");
        FullClient tab = come(west, "ann", topic);
        RawClient plain = comeWithoutToken(west, topic);
        assertEquals(Map.of("ann", 2, "null", 1), watch(watcher, topic));
        FullClient ben = come(west, "ben", topic);
        expect(watcher, "join", "ben");
        watcher.publishHere(topic, "hi", "1");
        assertEquals("message", ben.expect("message").type());
        assertEquals(Map.of("ann", 2, "ben", 1, "null", 1), listed(topic));
        long left = System.nanoTime();
        ben.close();
        expect(watcher, "leave", "ben");
        assertTrue(System.nanoTime() - left >= LINGER.toNanos(), "it might have come back");
        tab.says("{\"type\":\"unsubscribe\",\"topic\":\"%s\"}".formatted(topic));
        Await.until("one tab is left", () -> listed(topic).equals(Map.of("ann", 1, "null", 1)));
        plain.close();
        expect(watcher, "leave", "null");
    }

    @Test
    void whoMovesToAnotherServerOrComesBackInTimeIsSeenByNobody() {
        String topic = "room-moves";
        FullClient watcher = connect(east, "ann");
        watch(watcher, topic);
        FullClient first = come(east, "ben", topic);
        expect(watcher, "join", "ben");
        FullClient second = come(west, "ben", topic);
        first.close();
        second.close();
        FullClient third = come(east, "ben", topic);
        FullClient last = come(west, "cleo", topic);
        expect(watcher, "join", "cleo");
        Await.until("his connections are counted", () -> listed(topic).equals(Map.of("ann", 1, "ben", 1, "cleo", 1)));
        third.close();
        last.close();
        Set<String> gone = new HashSet<>();
        gone.add(watcher.expect("leave").field("user"));
        gone.add(watcher.expect("leave").field("user"));
        assertEquals(Set.of("ben", "cleo"), gone);
    }

    @Test
    void theUsersOfAServerThatIsKilledLeaveButForThoseWhoCameBack() {
        String topic = "room-killed";
        FullClient watcher = connect(east, "ann");
        ServerProcess north = ServerProcess.start(secondJar(), settings("north"));
        closing.add(north::close);
        come(north, "ben", topic);
        come(north, "cleo", topic);
        assertEquals(Map.of("ann", 1, "ben", 1, "cleo", 1), watch(watcher, topic));
        long killed = System.nanoTime();
        north.kill();
        try (FullClient back = come(west, "cleo", topic)) {
            expect(watcher, "leave", "ben");
            Duration after = Duration.ofNanos(System.nanoTime() - killed);
            assertTrue(after.compareTo(LINGER) >= 0, after::toString);
            assertEquals(Map.of("ann", 1, "cleo", 1), listed(topic));
            back.publishHere(topic, "still here", "1");
            watcher.expect("message");
        }
        expect(watcher, "leave", "cleo");
    }

    @Test
    void aRedisThatComesBackEmptyMakesNobodyLeave() {
        String topic = "room-emptied";
        FullClient watcher = connect(east, "ann");
        come(west, "ben", topic);
        assertEquals(Map.of("ann", 1, "ben", 1), watch(watcher, topic));
        redis.kill();
        redis.restart();
        Await.until(
                "both report again", Duration.ofSeconds(20), () -> listed(topic).equals(Map.of("ann", 1, "ben", 1)));
        FullClient cleo = come(west, "cleo", topic);
        List<String> told = new ArrayList<>();
        Frame frame = new Frame(watcher.raw().message());
        while (!frame.type().equals("join")) {
            told.add(frame.type());
            frame = new Frame(watcher.raw().message());
        }
        assertEquals("cleo", frame.field("user"));
        assertTrue(!told.contains("leave"), told::toString);
        cleo.close();
        expect(watcher, "leave", "cleo");
    }

    @Test
    void whoMayNotSeeItIsNotSubscribed() {
        FullClient ann = connect(east, "ann");
        ann.says("{\"type\":\"subscribe\",\"topic\":\"secret\",\"presence\":true}");
        Frame error = ann.expect("error");
        assertEquals("forbidden", error.field("code"));
        assertEquals("subscribe", error.field("answers"));
        assertEquals("secret", error.field("topic"));
        ann.says("{\"type\":\"subscribe\",\"topic\":\"room-a\",\"presence\":1}");
        assertEquals("invalid-frame", ann.expect("error").field("code"));
        ann.says("{\"type\":\"publish\",\"topic\":\"secret\",\"message\":1,\"id\":\"1\"}");
        ann.expect("ack");
    }

    @Test
    void theListOfTheApiComesInPagesByName() {
        String topic = "room-pages";
        RawClient plain = comeWithoutToken(east, topic);
        for (String user : List.of("dora", "ann", "cleo", "ben")) {
            come(user.equals("ben") ? east : west, user, topic);
        }
        assertEquals(Map.of("null", 1, "ann", 1, "ben", 1, "cleo", 1, "dora", 1), listed(topic));
        String path = "/api/topics/" + topic + "/presence?limit=2";
        Reply first = eastApi.get(path);
        assertTrue(
                first.body()
                        .matches(
                                "\\{\"topic\":\"room-pages\",\"users\":\\[\\{\"user\":null,\"connections\":1,\"since\":\\d{13}}"
                                        + ",\\{\"user\":\"ann\",\"connections\":1,\"since\":\\d{13}}],\"count\":5,\"next\":\"ann\",\"complete\":true}"),
                first::body);
        Reply last = eastApi.get(path + "&after=cleo");
        assertTrue(last.body().contains("\"user\":\"dora\""), last::body);
        assertTrue(last.body().endsWith(",\"count\":5,\"next\":null,\"complete\":true}"), last::body);
        assertEquals(
                "{\"topic\":\"nobody-here\",\"users\":[],\"count\":0,\"next\":null,\"complete\":true}",
                eastApi.get("/api/topics/nobody-here/presence").body());
        ApiContract.assertProblem(400, eastApi.get(path + "&limit=1"));
        ApiContract.assertProblem(400, eastApi.get("/api/topics/a%20b/presence"));
        ApiContract.assertProblem(405, eastApi.ask("POST", "/api/topics/a/presence", "1"));
        plain.close();
        Await.until("who has left is listed no more", () -> !listed(topic).containsKey("null"));
    }
}
