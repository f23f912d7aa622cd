package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The user that {@code docs/redis.md} makes in Redis has every right that a server needs. */
abstract class RedisAclContract {
    private static final Path PAGE = Path.of("..", "docs", "redis.md");
    private static final Pattern USER = Pattern.compile("(?m)^user (tidegate) on >PASSWORD (.*)$");

    abstract Path jar();

    @Test
    void aServerNeedsNoMoreOfRedisThanThePageGrants() throws IOException {
        try (RedisServer redis = RedisServer.start();
                ServerProcess server = ServerProcess.start(jar(), settings(redis, rights()))) {
            ApiClient api = new ApiClient(server);
            try (FullClient ann = connect(server, "ann")) {
                ann.says("{\"type\":\"subscribe\",\"topic\":\"room\",\"presence\":true}");
                assertTrue(ann.expect("presence").json().contains("\"ann\""));
                ann.expect("subscribed");
                String first = ann.publishHere("room", "one", "id-1").position();
                assertEquals(200, api.publish("room", "\"two\"").status());
                assertEquals("two", ann.expect("message").message());

                try (FullClient bob = connect(server, "bob")) {
                    bob.resume("room", first);
                    assertEquals("true", bob.expect("subscribed").field("recovered"));
                    assertEquals("two", bob.expect("message").message());
                    Await.until("the fleet", () -> server.metric("websocket_fleet_connections") == 2);
                }
                assertEquals(2, api.get("/api/topics/room/messages").count("\"timestamp\""));
                assertTrue(api.get("/api/topics/room/presence").body().contains("\"ann\""));
                assertEquals(1, api.get("/api/nodes").count("\"relay\":\"up\""));
                assertEquals(1, api.get("/api/users/ann/connections").count("\"connection\""));
            }
            // Refused was one thing alone, of which the page says that it is harmless.
            assertEquals("*1", redis.command("ACL LOG"));
        }
    }

    private static FullClient connect(ServerProcess server, String user) {
        return FullClient.connect(
                server.port(),
                "",
                "Sec-WebSocket-Protocol: tidegate.v1",
                "Authorization: Bearer " + TestToken.of(user).signed());
    }

    private static String rights() throws IOException {
        Matcher user = USER.matcher(Files.readString(PAGE));
        assertTrue(user.find(), "no user on the page");
        return user.group(1) + " on >hunter22 " + user.group(2);
    }

    private static Map<String, String> settings(RedisServer redis, String rights) {
        assertEquals("+OK", redis.command("ACL SETUSER " + rights));
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.relay.username", "tidegate");
        settings.put("tidegate.relay.password", "hunter22");
        settings.putAll(TestToken.settings());
        settings.put("tidegate.auth.presence", "*");
        settings.put("tidegate.rebalance.interval", "200ms");
        return settings;
    }
}
