package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.ApiClient.Reply;
import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The API of two servers that are joined by Redis: either answers for both. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ApiFleetContract {
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";

    private final RedisServer redis = RedisServer.start();
    private ServerProcess east;
    private ServerProcess west;
    private ApiClient eastApi;
    private ApiClient westApi;

    abstract Path jar();

    private Map<String, String> settings(String node) {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.node", node);
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.rebalance.interval", "200ms");
        settings.putAll(TestToken.settings());
        return settings;
    }

    @BeforeAll
    void start() {
        east = ServerProcess.start(jar(), settings("east"));
        west = ServerProcess.start(jar(), settings("west"));
        eastApi = new ApiClient(east);
        westApi = new ApiClient(west);
        Await.until("each knows the other", () -> knowsBoth(eastApi) && knowsBoth(westApi));
    }

    private static boolean knowsBoth(ApiClient api) {
        Reply fleet = api.get("/api/fleet");
        return fleet.count("\"runtime\"") == 2;
    }

    @AfterAll
    void stop() {
        east.close();
        west.close();
        redis.close();
    }

    private static FullClient connect(ServerProcess server, String user, String query) {
        return FullClient.connect(
                server.port(),
                query,
                FULL,
                "Authorization: Bearer " + TestToken.of(user).signed());
    }

    @Test
    void aKeyThatIsRepeatedOnTheOtherServerPublishesOnce() {
        try (FullClient ann = connect(west, "ann", "?topic=twice")) {
            ann.expect("subscribed");
            Reply first = eastApi.publish("twice", "1", "Idempotency-Key", "a");
            Reply again = westApi.publish("twice", "1", "Idempotency-Key", "a");
            Reply next = westApi.publish("twice", "2", "Idempotency-Key", "b");
            assertEquals(first.position(), again.position());
            assertEquals(first.position(), ann.expect("message").position());
            assertEquals(next.position(), ann.expect("message").position());
        }
    }

    @Test
    void aThousandMessagesOfABatchComeInOrderAndAllOfThem() {
        try (FullClient ann = connect(west, "ann", "?topic=thousand")) {
            ann.expect("subscribed");
            String batch = IntStream.range(0, 1_000)
                    .mapToObj(i -> "{\"topic\":\"thousand\",\"message\":" + i + ",\"id\":" + i + "}")
                    .collect(Collectors.joining(",", "[", "]"));
            Reply reply = eastApi.ask("POST", "/api/messages", batch);
            assertEquals(1_000, reply.count("\"status\":200"));
            for (int i = 0; i < 1_000; i++) {
                assertEquals(String.valueOf(i), ann.expect("message").message());
            }
            Reply again = westApi.ask("POST", "/api/messages", batch);
            String positions = positions(reply);
            assertEquals(positions, positions(again), "the same ids mean the same messages");
            assertEquals(
                    IntStream.range(0, 1_000).mapToObj(String::valueOf).toList(),
                    ApiContract.messages(westApi.get("/api/topics/thousand/messages?limit=1000")));
        }
    }

    private static String positions(Reply reply) {
        return reply.body().replaceAll("\"timestamp\":\\d+", "");
    }

    @Test
    void aUserIsFoundAndThrownOutOnBoth() {
        try (FullClient here = connect(east, "zoe", "?topic=a&topic=b");
                FullClient there = connect(west, "zoe", "");
                FullClient other = connect(west, "yan", "?topic=a")) {
            here.expect("subscribed");
            here.expect("subscribed");
            other.expect("subscribed");
            Reply found = eastApi.get("/api/users/zoe/connections");
            assertEquals(200, found.status());
            assertTrue(found.body().endsWith("\"complete\":true}"), found.body());
            assertEquals(2, found.count("\"connection\":\"(east|west):"), found.body());
            assertEquals(1, found.count("\"node\":\"east\",\"topics\":\\[\"a\",\"b\"],\"since\":\\d{13},"));
            assertEquals(1, found.count("\"node\":\"west\",\"topics\":\\[\\],"));
            assertEquals(
                    204, eastApi.ask("DELETE", "/api/users/zoe/connections", "").status());
            assertEquals(4403, here.raw().closed().closeCode());
            assertEquals(4403, there.raw().closed().closeCode());
            other.says("{\"type\":\"ping\"}");
            other.expect("pong");
            assertEquals(
                    204, eastApi.ask("DELETE", "/api/users/zoe/connections", "").status());
        }
    }

    @Test
    void aConnectionIsThrownOutByItsNameFromTheOtherServer() {
        try (FullClient one = connect(west, "max", "");
                FullClient two = connect(west, "max", "")) {
            Reply found = eastApi.get("/api/users/max/connections");
            List<String> names = java.util.regex.Pattern.compile("\"connection\":\"([^\"]+)\"")
                    .matcher(found.body())
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertEquals(2, names.size(), found.body());
            assertNotEquals(names.get(0), names.get(1));
            assertEquals(
                    204,
                    eastApi.ask("DELETE", "/api/connections/" + one.name(), "").status());
            assertEquals(4403, one.raw().closed().closeCode());
            two.says("{\"type\":\"ping\"}");
            two.expect("pong");
        }
    }

    @Test
    void aSubscriptionIsEndedWhereverItIs() {
        try (FullClient ann = connect(west, "tim", "?topic=secret&topic=open")) {
            ann.expect("subscribed");
            ann.expect("subscribed");
            assertEquals(
                    204,
                    eastApi.ask("DELETE", "/api/users/tim/subscriptions/secret", "")
                            .status());
            Frame error = ann.expect("error");
            assertEquals("forbidden", error.field("code"));
            assertEquals("secret", error.field("topic"));
            assertEquals("", error.field("answers"));
            eastApi.publish("secret", "1");
            eastApi.publish("open", "2");
            assertEquals("2", ann.expect("message").message());
        }
    }

    @Test
    void aServerThatWasCutOffThrowsOutWhenItIsBack() {
        assertEquals("+OK", redis.command("ACL SETUSER north on >secret ~* &* +@all"));
        Map<String, String> settings = settings("north");
        settings.put("tidegate.relay.username", "north");
        settings.put("tidegate.relay.password", "secret");
        try (ServerProcess north = ServerProcess.start(jar(), settings);
                FullClient eve = connect(north, "eve", "?topic=a");
                FullClient ann = connect(north, "ann", "")) {
            eve.expect("subscribed");
            redis.command("ACL SETUSER north off");
            redis.command("CLIENT KILL USER north");
            Await.until("north is cut off", () -> north.metric("websocket_relay_up") == 0);
            assertEquals(
                    204, eastApi.ask("DELETE", "/api/users/eve/connections", "").status());
            eve.says("{\"type\":\"ping\"}");
            eve.expect("pong");
            assertEquals("+OK", redis.command("ACL SETUSER north on"));
            assertEquals(4403, eve.raw().closed().closeCode());
            ann.says("{\"type\":\"ping\"}");
            ann.expect("pong");
        }
        // Who is asked next waits for no answer of a server that is gone.
        Await.until("it is forgotten", () -> knowsBoth(eastApi) && knowsBoth(westApi));
    }

    @Test
    void topicsAreCountedOverTheFleetPageByPage() {
        try (FullClient ann = connect(east, "ann", "?topic=count-a&topic=count-b");
                FullClient ben = connect(west, "ben", "?topic=count-b&topic=count-c&topic=other")) {
            for (int i = 0; i < 2; i++) {
                ann.expect("subscribed");
            }
            for (int i = 0; i < 3; i++) {
                ben.expect("subscribed");
            }
            String path = "/api/topics?prefix=count-&limit=2";
            assertEquals(
                    "{\"topics\":[{\"topic\":\"count-a\",\"subscribers\":1},{\"topic\":\"count-b\",\"subscribers\":2}],"
                            + "\"next\":\"count-b\",\"complete\":true}",
                    westApi.get(path).body());
            assertEquals(
                    "{\"topics\":[{\"topic\":\"count-c\",\"subscribers\":1}],\"next\":null,\"complete\":true}",
                    eastApi.get(path + "&after=count-b").body());
        }
    }

    @Test
    void whileRedisIsAwayNothingIsAcknowledged() {
        redis.kill();
        try {
            Await.until("the relay is down", () -> eastApi.publish("down", "1").status() == 503);
            Reply single = eastApi.publish("down", "1");
            ApiContract.assertProblem(503, single);
            assertEquals("1", single.header("Retry-After"));
            Reply batch = eastApi.ask("POST", "/api/messages", "[{\"topic\":\"down\",\"message\":1}]");
            assertEquals(200, batch.status());
            assertEquals("503", batch.field("status"));
            ApiContract.assertProblem(503, eastApi.get("/api/topics/down/messages"));
            ApiContract.assertProblem(503, eastApi.ask("DELETE", "/api/users/ann/connections", ""));
        } finally {
            redis.restart();
            Await.until(
                    "it is back",
                    () -> knowsBoth(eastApi)
                            && knowsBoth(westApi)
                            && eastApi.publish("down", "1").status() == 200
                            && westApi.publish("down", "1").status() == 200);
        }
    }
}
