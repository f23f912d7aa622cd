package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes in to a closed server, and what it may do there. */
abstract class AccessContract extends OneServer {
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";
    private static final String ANN =
            TestToken.of("ann").with("\"news\",\"a.*\"", "\"news\"").signed();
    private static final String EVERYTHING =
            TestToken.of("root").with("\"*\",\"/\"", "\"*\",\"/\"").signed();

    @Override
    Map<String, String> settings() {
        return Map.of(
                "tidegate.auth.secret", TestToken.SECRET,
                "tidegate.auth.subscribe", "user:{user}",
                "tidegate.auth.cookie", "token",
                "tidegate.origins", "https://app.example.com",
                "tidegate.limits.peruser", "50");
    }

    private Response handshake(String path, String... headers) {
        try (RawClient client = new RawClient(server.port())) {
            return client.handshake(path, headers);
        }
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    /** A client of the full wire, with its welcome. */
    private FullClient connect(String query, String... headers) {
        return FullClient.connect(server.port(), query, headers);
    }

    @Test
    void withoutATokenNobodyComesIn() {
        for (String path : List.of("/", "/chat", "/chat?topic=news")) {
            Response response = handshake(path);
            assertEquals(401, response.status(), path);
            assertEquals("Bearer", response.header("WWW-Authenticate"));
        }
        assertEquals(401, handshake("/chat", FULL).status());
    }

    @Test
    void aTokenComesByHeaderSubprotocolQueryOrCookie() {
        List<List<String>> ways = List.of(
                List.of("", FULL, bearer(ANN)),
                List.of("", "Sec-WebSocket-Protocol: tidegate.v1, tidegate.token." + ANN),
                List.of("?access_token=" + ANN, FULL),
                List.of("", FULL, "Cookie: a=b; token=" + ANN, "Origin: https://app.example.com"));
        for (List<String> way : ways) {
            try (RawClient client = new RawClient(server.port())) {
                Response response = client.handshake(
                        "/chat" + way.getFirst(), way.stream().skip(1).toArray(String[]::new));
                assertEquals(101, response.status(), way::toString);
                assertEquals("tidegate.v1", response.header("Sec-WebSocket-Protocol"));
                Frame welcome = new Frame(client.message());
                assertEquals("ann", welcome.field("user"));
                long expires = Long.parseLong(welcome.field("expiresInMs"));
                assertTrue(expires > 3_500_000 && expires <= 3_630_000, () -> "" + expires);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."})
    void aBadTokenIsRefusedByItsStatusWhereTheClientCanReadIt(String token) {
        Response response = handshake("/chat", FULL, bearer(token));
        assertEquals(401, response.status());
        assertTrue(
                response.header("WWW-Authenticate").startsWith("Bearer error=\"invalid_token\", error_description=\""),
                () -> response.header("WWW-Authenticate"));
        assertFalse(token.length() > 3 && response.body().contains(token));
        Response forged =
                handshake("/chat", FULL, bearer(TestToken.of("ann").signed("another-secret-of-more-than-32-bytes!")));
        assertEquals(401, forged.status());
        Response forbidden = handshake("/chat?topic=secret", FULL, bearer(ANN));
        assertEquals(403, forbidden.status());
        assertTrue(forbidden.header("WWW-Authenticate").contains("insufficient_scope"));
    }

    @Test
    void aScriptIsToldByFramesWhyItIsRefused() {
        String expired =
                TestToken.of("ann", System.currentTimeMillis() / 1000 - 60).signed();
        assertRefused("invalid-token", 4401, "/chat?access_token=garbage", FULL);
        assertRefused("invalid-token", 4401, "/chat", "Sec-WebSocket-Protocol: tidegate.v1, tidegate.token.x");
        assertRefused("token-expired", 4401, "/chat?access_token=" + expired, FULL);
        assertRefused("forbidden", 4403, "/chat?topic=secret&access_token=" + ANN, FULL);
        assertRefused("forbidden", 4403, "/chat?access_token=" + ANN);
        assertRefused("forbidden", 4403, "/?access_token=" + ANN);
        assertRefused("invalid-token", 4401, "/?access_token=x");
    }

    private void assertRefused(String code, int close, String path, String... headers) {
        try (RawClient client = new RawClient(server.port())) {
            assertEquals(101, client.handshake(path, headers).status());
            client.text("{\"topic\":\"news\",\"message\":\"before it is told\"}");
            Frame error = new Frame(client.message());
            assertEquals("error", error.type());
            assertEquals(code, error.field("code"));
            assertEquals(close, client.frame().closeCode());
        }
    }

    @Test
    void rightsAreHeldTopicByTopicAndAnErrorSaysWhichFrameItAnswers() {
        try (FullClient ann = connect("?topic=news", FULL, bearer(ANN))) {
            ann.expect("subscribed");
            ann.publish("news", "hi", "1");
            Frame one = new Frame(ann.raw().message());
            Frame other = ann.expect(one.type().equals("ack") ? "message" : "ack");
            assertEquals("ann", one.field("user") + other.field("user"), "whatever the frame says");
            for (String topic : List.of("secret", "new", "news.sport", "user:ben")) {
                ann.says("{\"type\":\"subscribe\",\"topic\":\"%s\",\"last\":5}".formatted(topic));
                assertForbidden("subscribe", topic, ann.expect("error"));
                ann.says("{\"topic\":\"%s\",\"message\":1,\"id\":\"x\"}".formatted(topic));
                Frame error = ann.expect("error");
                assertForbidden("publish", topic, error);
                assertEquals("x", error.field("id"));
            }
            for (String topic : List.of("a.", "a.b", "user:ann")) {
                ann.says("{\"type\":\"subscribe\",\"topic\":\"%s\"}".formatted(topic));
                assertEquals(topic, ann.expect("subscribed").field("topic"));
            }
            ann.publish("a.b", "may be read, not written", "y");
            assertForbidden("publish", "a.b", ann.expect("error"));
        }
    }

    private static void assertForbidden(String answers, String topic, Frame error) {
        assertEquals("forbidden", error.field("code"));
        assertEquals(answers, error.field("answers"));
        assertEquals(topic, error.field("topic"));
    }

    @Test
    void aMessageIsOfTheUserOfTheToken() {
        try (RawClient plain = RawClient.connect(server.port(), "/chat?topic=whose&access_token=" + EVERYTHING);
                FullClient root = connect("?topic=whose", FULL, bearer(EVERYTHING))) {
            root.expect("subscribed");
            plain.text("{\"user\":\"somebody else\",\"message\":\"hi\"}");
            assertEquals("root", root.expect("message").field("user"));
            assertTrue(plain.message().startsWith("{\"user\":\"root\",\"message\":\"hi\""));
        }
    }

    @Test
    void theIdOfAnotherUsersMessageIsAnotherMessage() {
        String ben = TestToken.of("ben").with("\"*\"", "\"*\"").signed();
        try (FullClient root = connect("?topic=ids", FULL, bearer(EVERYTHING));
                FullClient other = connect("", FULL, bearer(ben))) {
            root.expect("subscribed");
            String position = root.publishHere("ids", "of root", "1").position();
            other.publish("ids", "of ben", "1");
            String second = other.expect("ack").position();
            assertFalse(position.equals(second));
            assertEquals("of ben", root.expect("message").message());
            other.publish("ids", "of ben", "1");
            assertEquals(second, other.expect("ack").position());
        }
    }

    @Test
    void aConnectionEndsWithItsTokenUnlessItBringsANewOne() {
        Map<String, String> settings = Map.of(
                "tidegate.auth.secret", TestToken.SECRET,
                "tidegate.auth.leeway", "0s",
                "tidegate.auth.subscribe", "*",
                "tidegate.auth.publish", "*");
        try (ServerProcess brief = ServerProcess.start(jar(), settings)) {
            String shortly =
                    TestToken.of("ann", System.currentTimeMillis() / 1000 + 3).signed();
            try (FullClient renewed = FullClient.connect(brief.port(), "?topic=t", FULL, bearer(shortly));
                    FullClient ended = FullClient.connect(brief.port(), "?topic=t", FULL, bearer(shortly))) {
                renewed.expect("subscribed");
                ended.expect("subscribed");
                renewed.says("{\"type\":\"token\",\"token\":\"%s\"}"
                        .formatted(TestToken.of("ben").signed()));
                assertEquals("token", renewed.expect("error").field("answers"));
                renewed.says("{\"type\":\"token\"}");
                assertEquals("invalid-frame", renewed.expect("error").field("code"));
                renewed.says("{\"type\":\"token\",\"token\":\"%s\"}"
                        .formatted(TestToken.of("ann").signed()));
                assertTrue(Long.parseLong(renewed.expect("token").field("expiresInMs")) > 3_000_000);

                assertEquals("token-expired", ended.expect("error").field("code"));
                assertEquals(4401, ended.raw().frame().closeCode());
                renewed.publishHere("t", "still here", "1");
            }
        }
    }

    @Test
    void aTokenThatAllowsLessEndsSubscriptions() {
        try (FullClient ann = connect("?topic=news&topic=a.b", FULL, bearer(ANN))) {
            ann.expect("subscribed");
            ann.expect("subscribed");
            String less = TestToken.of("ann").with("\"news\"", "").signed();
            ann.says("{\"type\":\"token\",\"token\":\"%s\"}".formatted(less));
            Frame forbidden = ann.expect("error");
            assertForbidden("", "a.b", forbidden);
            ann.expect("token");
            ann.publish("news", "hi", "1");
            assertForbidden("publish", "news", ann.expect("error"));
            try (FullClient root = connect("", FULL, bearer(EVERYTHING))) {
                root.publish("a.b", "no longer", "1");
                root.expect("ack");
                root.publish("news", "still", "1");
                assertEquals("still", ann.expect("message").message());
            }
        }
    }

    @Test
    void oneUserHasSoManyConnections() {
        String token = TestToken.of("many").signed();
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                clients.add(RawClient.connect(server.port(), "/chat", FULL, bearer(token)));
            }
            Response refused = handshake("/chat", FULL, bearer(token));
            assertEquals(503, refused.status());
            assertEquals("5", refused.header("Retry-After"));
            try (FullClient other = connect("", FULL, bearer(ANN))) {
                other.says("{\"type\":\"ping\"}");
                other.expect("pong");
            }
        } finally {
            clients.forEach(RawClient::close);
        }
        Await.until(
                "they are gone",
                Duration.ofSeconds(10),
                () -> handshake("/chat", FULL, bearer(token)).status() == 101);
    }

    @Test
    void whoBringsNoTokenMayDoWhatIsForAnybody() {
        Map<String, String> settings = Map.of(
                "tidegate.auth.secret", TestToken.SECRET,
                "tidegate.anonymous.subscribe", "public.*",
                "tidegate.anonymous.publish", "public.chat");
        try (ServerProcess open = ServerProcess.start(jar(), settings)) {
            try (FullClient guest = FullClient.connect(open.port(), "?topic=public.chat");
                    RawClient plain = RawClient.connect(open.port(), "/chat?topic=public.chat")) {
                guest.expect("subscribed");
                guest.says("{\"topic\":\"public.chat\",\"user\":\"the king\",\"message\":\"hi\",\"id\":1}");
                Frame one = new Frame(guest.raw().message());
                Frame other = guest.expect(one.type().equals("ack") ? "message" : "ack");
                assertEquals("", one.field("user") + other.field("user"));
                assertTrue(plain.message().startsWith("{\"message\":\"hi\""));
                guest.says("{\"topic\":\"public.news\",\"message\":\"hi\",\"id\":2}");
                assertForbidden("publish", "public.news", guest.expect("error"));
                guest.says("{\"type\":\"subscribe\",\"topic\":\"private\"}");
                assertForbidden("subscribe", "private", guest.expect("error"));
            }
            try (RawClient client = new RawClient(open.port())) {
                assertEquals(403, client.handshake("/chat?topic=private").status());
            }
            try (RawClient client = new RawClient(open.port())) {
                assertEquals(403, client.handshake("/").status());
            }
        }
    }

    @Test
    void bothPathsOfTheArticleWorkWithATokenInTheQuery() {
        try (RawClient ann = RawClient.connect(server.port(), "/?access_token=" + EVERYTHING);
                RawClient chat = RawClient.connect(server.port(), "/chat?access_token=" + EVERYTHING)) {
            ann.text("not even {json");
            assertEquals("not even {json", ann.message());
            chat.text("{\"user\":\"ann\",\"message\":\"hi\"}");
            assertTrue(chat.message().startsWith("{\"user\":\"root\",\"message\":\"hi\",\"timestamp\":"));
        }
    }

    @Test
    void aStrangersBadTokensCostOthersNoHandshake() {
        Map<String, String> settings = Map.of(
                "tidegate.auth.secret", TestToken.SECRET,
                "tidegate.limits.handshakes", "20",
                "tidegate.proxies", "127.0.0.1");
        try (ServerProcess limited = ServerProcess.start(jar(), settings)) {
            int checked = 0;
            for (int i = 0; i < 200; i++) {
                try (RawClient stranger = new RawClient(limited.port())) {
                    int status = stranger.handshake("/chat", FULL, bearer("bad" + i), "X-Forwarded-For: 203.0.113.9")
                            .status();
                    assertTrue(status == 401 || status == 503, () -> "" + status);
                    checked += status == 401 ? 1 : 0;
                }
            }
            assertTrue(checked < 150, "all of them were checked");
            for (int i = 0; i < 10; i++) {
                try (RawClient good = new RawClient(limited.port())) {
                    assertEquals(
                            101,
                            good.handshake("/chat", FULL, bearer(ANN), "X-Forwarded-For: 198.51.100." + i)
                                    .status());
                }
            }
        }
    }

    @Test
    void countsSayWhatBecameOfTokensAndNoTokenIsInThem() {
        double accepted = server.metric("websocket_auth_total", "outcome=\"accepted\"");
        double missing = server.metric("websocket_auth_total", "outcome=\"missing\"");
        double invalid = server.metric("websocket_auth_total", "outcome=\"invalid\"");
        double forbidden = server.metric("websocket_auth_total", "outcome=\"forbidden\"");
        double rejected = server.metric("websocket_connections_rejected_total", "reason=\"token\"");
        connect("", FULL, bearer(ANN)).close();
        assertEquals(401, handshake("/chat").status());
        assertEquals(401, handshake("/chat", bearer("garbage")).status());
        assertEquals(403, handshake("/chat?topic=secret", bearer(ANN)).status());
        assertEquals(accepted + 1, server.metric("websocket_auth_total", "outcome=\"accepted\""));
        assertEquals(missing + 1, server.metric("websocket_auth_total", "outcome=\"missing\""));
        assertEquals(invalid + 1, server.metric("websocket_auth_total", "outcome=\"invalid\""));
        assertEquals(forbidden + 1, server.metric("websocket_auth_total", "outcome=\"forbidden\""));
        assertEquals(rejected + 2, server.metric("websocket_connections_rejected_total", "reason=\"token\""));
    }
}
