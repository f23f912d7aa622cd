package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A closed fleet of two servers on one Redis: users and rights are the same at each. */
abstract class AccessFleetContract {
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";
    private static final String ANN = token("ann");
    private static final String BEN = token("ben");

    abstract Path jar();

    /** What the second server of the fleet runs. */
    Path secondJar() {
        return jar();
    }

    private static String token(String user) {
        return TestToken.of(user).with("\"news\",\"/\"", "\"news\",\"/\"").signed();
    }

    private static FullClient connect(ServerProcess server, String query, String token) {
        return FullClient.connect(server.port(), query, FULL, "Authorization: Bearer " + token);
    }

    @Test
    void aUserAndItsIdsAreTheSameAtEachServer() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = server(jar(), redis);
                ServerProcess b = server(secondJar(), redis);
                FullClient atA = connect(a, "?topic=news", ANN);
                FullClient atB = connect(b, "?topic=news", BEN);
                RawClient plain = RawClient.connect(b.port(), "/chat?topic=news&access_token=" + BEN)) {
            atA.expect("subscribed");
            atB.expect("subscribed");
            String first = atA.publishHere("news", "of ann", "1").position();
            Frame message = atB.expect("message");
            assertEquals("ann", message.field("user"));
            assertEquals(first, message.position());
            assertTrue(plain.message().startsWith("{\"user\":\"ann\",\"message\":\"of ann\""));

            try (FullClient again = connect(b, "", ANN)) {
                again.publish("news", "of ann", "1");
                assertEquals(first, again.expect("ack").position());
            }
            String second = atB.publishHere("news", "of ben", "1").position();
            assertNotEquals(first, second);
            assertEquals("ben", atA.expect("message").field("user"));
        }
    }

    @Test
    void whatIsNotAllowedIsForbiddenAtEachServerAndLeavesNothingInRedis() {
        try (RedisServer redis = RedisServer.start();
                ServerProcess a = server(jar(), redis);
                ServerProcess b = server(secondJar(), redis)) {
            for (ServerProcess server : new ServerProcess[] {a, b}) {
                try (FullClient ann = connect(server, "", ANN)) {
                    ann.says("{\"type\":\"subscribe\",\"topic\":\"secret\",\"last\":10}");
                    assertEquals("forbidden", ann.expect("error").field("code"));
                    ann.publish("secret", "hi", "1");
                    assertEquals("forbidden", ann.expect("error").field("code"));
                }
            }
            assertEquals("*0", redis.command("KEYS *secret*"));
        }
    }

    private static ServerProcess server(Path jar, RedisServer redis) {
        return ServerProcess.start(
                jar, Map.of("tidegate.relay.url", redis.url().toString(), "tidegate.auth.secret", TestToken.SECRET));
    }
}
