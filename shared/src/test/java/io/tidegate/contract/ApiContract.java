package io.tidegate.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.ApiClient.Reply;
import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a back end can rely on. */
abstract class ApiContract extends OneServer {
    private ApiClient api;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.node", "pod-7");
        settings.put("tidegate.limits.message", "4KiB");
        return settings;
    }

    @BeforeAll
    void client() {
        api = new ApiClient(server);
    }

    static void assertProblem(int status, Reply reply) {
        assertEquals(status, reply.status(), reply::body);
        assertEquals("application/problem+json", reply.header("Content-Type"));
        assertEquals("about:blank", reply.field("type"));
        assertEquals(String.valueOf(status), reply.field("status"));
        assertFalse(reply.field("title").isEmpty());
        assertFalse(reply.field("detail").isEmpty());
    }

    @Test
    void aMessageReachesTheSubscribersOfBothWires() {
        try (FullClient full = FullClient.subscribed(server.port(), "orders");
                RawClient plain = RawClient.connect(server.port(), "/chat?topic=orders")) {
            Reply reply = api.publish("orders", " {\"total\": 1.50}\n");
            assertEquals(200, reply.status());
            assertEquals("application/json", reply.header("Content-Type"));
            assertEquals("orders", reply.field("topic"));
            assertTrue(Math.abs(System.currentTimeMillis() - Long.parseLong(reply.field("timestamp"))) < 60_000);
            Frame message = full.expect("message");
            assertEquals(reply.position(), message.position());
            assertTrue(message.json().contains("\"message\":{\"total\": 1.50},\"timestamp\""), message.json());
            assertEquals("", message.field("user"));
            assertTrue(plain.message().startsWith("{\"message\":{\"total\": 1.50},\"timestamp\""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "-0.5e3", "\"ä\\u0000\"", "[]", "[1,{\"a\":[]}]", "{}"})
    void anyJsonIsAMessage(String json) {
        try (FullClient full = FullClient.subscribed(server.port(), "any")) {
            assertEquals(200, api.publish("any", json).status());
            String message = full.expect("message").json();
            assertTrue(message.contains("\"message\":" + json + ",\"timestamp\""), message);
        }
    }

    @Test
    void theUserIsWhomTheBackEndNames() {
        try (FullClient full = FullClient.subscribed(server.port(), "named")) {
            assertEquals(
                    200,
                    api.ask("POST", "/api/topics/named/messages?user=%22Ann%22+%C3%A4", "1")
                            .status());
            assertTrue(full.expect("message").json().contains("\"user\":\"\\\"Ann\\\" ä\""));
        }
    }

    @Test
    void aRepeatedKeyPublishesOnceAndIsNoClientsId() {
        try (FullClient full = FullClient.subscribed(server.port(), "repeated")) {
            String ofClient = full.publishHere("repeated", "of a client", "7").position();
            Reply first = api.publish("repeated", "1", "Idempotency-Key", "7");
            Reply again = api.publish("repeated", "1", "Idempotency-Key", "7");
            Reply other = api.publish("repeated", "2", "Idempotency-Key", "8");
            assertNotEquals(ofClient, first.position());
            assertEquals(first.position(), again.position());
            assertNotEquals(first.position(), other.position());
            assertEquals(first.position(), full.expect("message").position());
            assertEquals(other.position(), full.expect("message").position());
        }
    }

    @Test
    void theConsoleIsAPageThatHoldsNothingAndRunsNothingOfOthers() {
        for (String path :
                List.of("/", "/console/console.js", "/console/api.js", "/console/view.js", "/console/console.css")) {
            Reply file = ApiClient.send(api.request(path).GET().build());
            assertEquals(200, file.status(), path);
            String policy = file.header("Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertEquals("nosniff", file.header("X-Content-Type-Options"));
            assertFalse(file.body().contains("innerHTML"), path);
        }
        assertProblem(
                404, ApiClient.send(api.request("/console/index.html.bak").GET().build()));
        assertProblem(
                404,
                ApiClient.send(api.request("/console/..%2Fopenapi.yaml").GET().build()));
        assertTrue(api.get("/api/nodes")
                .body()
                .matches(
                        "\\{\"nodes\":\\[\\{\"node\":\"pod-7\",\"version\":\"[0-9][^\"]*\",\"relay\":\"up\",\"queueBytes\":\\d+,"
                                + "\"received\":\\d+,\"sent\":\\d+}],\"complete\":true}"));
    }

    @Test
    void aRequestNeedsOneOfTheKeys() {
        String path = "/api/topics/a/messages";
        for (String value : List.of("", "Basic YTpi", "Bearer", "Bearer nonsense", "Bearer " + ApiClient.KEY + "x")) {
            Reply reply = ApiClient.send(
                    (value.isEmpty() ? api.request(path) : api.request(path).header("Authorization", value))
                            .POST(BodyPublishers.ofString("1"))
                            .build());
            assertProblem(401, reply);
            assertEquals("Bearer", reply.header("WWW-Authenticate"));
        }
        for (String key : List.of(ApiClient.KEY, ApiClient.OTHER_KEY)) {
            assertEquals(
                    200, api.publish("a", "1", "Authorization", "Bearer " + key).status());
        }
        assertProblem(401, ApiClient.send(api.request("/api/nothing").GET().build()));
        assertFalse(server.output().contains(ApiClient.KEY));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/topics/a/messages | ''",
                "/api/topics/a/messages | hello",
                "/api/topics/a/messages | NaN",
                "/api/topics/a/messages | {\"a\":1,\"a\":2}",
                "/api/topics/a/messages | [{\"b\":{\"a\":1,\"a\":2}}]",
                "/api/topics/a/messages | 1 2",
                "/api/topics/a/messages | [1,",
                "/api/topics/a%20b/messages | 1",
                "/api/topics/%2F/messages | 1",
                "/api/topics/%FF/messages | 1",
                "/api/topics//messages | 1",
                "/api/topics/a/messages?user=%FF | 1",
                "/api/topics/a/messages?user=a&user=b | 1",
                "/api/messages | {\"topic\":\"a\"}",
                "/api/messages | [{\"topic\":\"a\",\"message\":1}",
            })
    void badInputIsAProblem(String path, String body) {
        assertProblem(400, api.ask("POST", path, body));
    }

    @Test
    void badKeysOfMessagesAreRefused() {
        assertProblem(400, api.publish("a", "1", "Idempotency-Key", "x".repeat(129)));
        assertProblem(400, api.publish("a", "[".repeat(1_001) + "]".repeat(1_001)));
        assertProblem(
                400, api.ask("POST", "/api/topics/a/messages", BodyPublishers.ofByteArray(new byte[] {'"', -1, '"'})));
    }

    @Test
    void whatIsNotThereIsNotFoundAndWhatIsThereSaysItsMethods() {
        for (String path : List.of("/api", "/api/", "/api/nothing", "/api/topics/a/messages/", "/metrics", "/chat")) {
            assertProblem(404, api.get(path));
        }
        Reply put = api.ask("PUT", "/api/topics/a/messages", "1");
        assertProblem(405, put);
        assertEquals("POST, GET, HEAD", put.header("Allow"));
        assertProblem(405, api.get("/api/messages"));
        assertProblem(405, api.ask("NONSENSE", "/api/fleet", ""));
        assertEquals(404, server.getPage("/api/fleet").statusCode());
    }

    @Test
    void otherMediaTypesAreRefused() {
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16")) {
            assertProblem(415, api.publish("a", "1", "Content-Type", type));
            assertProblem(415, api.ask("POST", "/api/messages", "[]", "Content-Type", type));
        }
        assertProblem(415, api.ask("POST", "/api/broadcast", "1", "Content-Type", "image/png"));
        assertEquals(
                200,
                api.publish("a", "1", "Content-Type", "application/json; charset=UTF-8")
                        .status());
    }

    @Test
    void largeBodiesAreRefusedAndTheConnectionGoesOn() {
        String most = "\"" + "x".repeat(4094) + "\"";
        assertEquals(200, api.publish("large", most).status());
        assertProblem(413, api.publish("large", most + " "));
        assertProblem(413, api.ask("POST", "/api/broadcast", "x".repeat(4097), "Content-Type", "text/plain"));
        assertProblem(413, api.ask("POST", "/api/messages", "[" + " ".repeat(1 << 20) + "]"));
        byte[] megabytes = new byte[8 << 20];
        assertProblem(413, api.ask("POST", "/api/topics/large/messages", BodyPublishers.ofByteArray(megabytes)));
        assertEquals(200, api.publish("large", "1").status());
    }

    @Test
    void aBodyThatDoesNotComeIsAnsweredAndCut() {
        try (RawClient announced = new RawClient(server.apiPort());
                RawClient chunked = new RawClient(server.apiPort())) {
            beginRequest(announced, "Content-Length: 10");
            beginRequest(chunked, "Transfer-Encoding: chunked");
            for (RawClient slow : List.of(announced, chunked)) {
                slow.readForEver();
                RawClient.Response response = slow.response();
                assertEquals(408, response.status());
                assertEquals("application/problem+json", response.header("Content-Type"));
                slow.awaitEnd();
            }
        }
    }

    private static void beginRequest(RawClient client, String length) {
        client.send(("POST /api/topics/a/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                        + "Authorization: Bearer " + ApiClient.KEY + "\r\n" + length + "\r\n\r\n1")
                .getBytes(US_ASCII));
    }

    @Test
    void whatIsNoHttpIsAProblemToo() {
        try (RawClient client = new RawClient(server.apiPort())) {
            client.send("GET /api/fleet HTTP/1.1\r\nHost: a\r\nNo header\r\n\r\n".getBytes(US_ASCII));
            RawClient.Response response = client.response();
            assertEquals(400, response.status());
            assertEquals("application/problem+json", response.header("Content-Type"));
        }
    }

    @Test
    void aBroadcastReachesEveryConnectionOfItsPath() {
        try (RawClient ann = RawClient.connect(server.port(), "/")) {
            Reply text = api.ask("POST", "/api/broadcast", "not {json ä", "Content-Type", "text/plain");
            assertEquals(200, text.status());
            assertEquals("/", text.field("topic"));
            assertEquals("not {json ä", ann.message());
            assertEquals(200, api.ask("POST", "/api/broadcast", "{\"a\": 1}").status());
            assertEquals("{\"a\": 1}", ann.message());
            assertEquals(
                    200,
                    api.ask(
                                    "POST",
                                    "/api/broadcast",
                                    BodyPublishers.ofByteArray(new byte[] {1, -1}),
                                    "Content-Type",
                                    "application/octet-stream")
                            .status());
            assertEquals(List.of((byte) 1, (byte) -1), bytes(ann.frame().payload()));
        }
    }

    private static List<Byte> bytes(byte[] payload) {
        return java.util.stream.IntStream.range(0, payload.length)
                .mapToObj(i -> payload[i])
                .toList();
    }

    @Test
    void aBatchIsPublishedInOrderWithAnAnswerForEach() {
        try (FullClient full = FullClient.subscribed(server.port(), "batch")) {
            String huge = "\"" + "x".repeat(4096) + "\"";
            Reply reply = api.ask(
                    "POST",
                    "/api/messages",
                    "[{\"topic\":\"batch\",\"message\":1,\"user\":{\"n\":1},\"id\":7},{\"topic\":\"b b\",\"message\":2},"
                            + "{\"topic\":\"batch\",\"message\":3},{\"topic\":\"batch\"},3,{\"topic\":\"batch\",\"message\":1,\"id\":7},"
                            + "{\"topic\":\"batch\",\"message\":{\"a\":1,\"a\":2}},{\"topic\":\"batch\",\"message\":1,\"id\":1.5},"
                            + "{\"topic\":\"batch\",\"message\":" + huge + "},{\"topic\":\"batch\",\"message\":4}]");
            assertEquals(200, reply.status());
            List<Frame> results = List.of(reply.body().substring(2).split("\\},\\{")).stream()
                    .map(Frame::new)
                    .toList();
            assertEquals(
                    List.of("200", "400", "200", "400", "400", "200", "400", "400", "413", "200"),
                    results.stream().map(result -> result.field("status")).toList());
            assertEquals(results.get(0).position(), results.get(5).position());
            assertEquals("batch", results.get(0).field("topic"));
            assertFalse(results.get(1).field("title").isEmpty()
                    || results.get(1).field("detail").isEmpty());
            for (int i : List.of(0, 2, 9)) {
                assertEquals(results.get(i).position(), full.expect("message").position());
            }
        }
    }

    @Test
    void aBatchMayComeInLines() {
        try (FullClient full = FullClient.subscribed(server.port(), "lines")) {
            Reply reply = api.ask(
                    "POST",
                    "/api/messages",
                    "{\"topic\":\"lines\",\"message\":1}\nnonsense\n\r\n{\"topic\":\"lines\",\"message\":2}",
                    "Content-Type",
                    "application/x-ndjson");
            assertEquals(200, reply.status());
            assertEquals(2, reply.count("\"status\":200"));
            assertEquals(1, reply.count("\"status\":400"));
            assertEquals("1", full.expect("message").message());
            assertEquals("2", full.expect("message").message());
            assertEquals("[]", api.ask("POST", "/api/messages", "[]").body());
        }
    }

    @Test
    void theHistoryIsReadFromItsEndOrBehindAPosition() {
        for (int i = 1; i <= 5; i++) {
            assertEquals(
                    200,
                    api.publish("past", "" + i, "Idempotency-Key", "past-" + i).status());
        }
        Reply last = api.get("/api/topics/past/messages?limit=3");
        assertEquals(200, last.status());
        assertEquals("[3, 4, 5]", messages(last).toString());
        assertEquals("true", last.field("complete"));
        Reply all = api.get("/api/topics/past/messages");
        assertEquals("[1, 2, 3, 4, 5]", messages(all).toString());
        String first = api.publish("past", "1", "Idempotency-Key", "past-1").position();
        Reply page = api.get("/api/topics/past/messages?limit=2&after=" + first);
        assertEquals("[2, 3]", messages(page).toString());
        assertEquals("false", page.field("complete"), page::body);
        Reply rest = api.get("/api/topics/past/messages?after=" + end(page));
        assertEquals("[4, 5]", messages(rest).toString());
        assertEquals("true", rest.field("complete"), rest::body);
        assertEquals(end(all), end(rest));
        Reply nothing = api.get("/api/topics/past/messages?after=" + end(rest));
        assertEquals(end(rest), nothing.position());
        assertEquals("true", nothing.field("complete"));
    }

    @Test
    void aPositionThatIsGoneIsAGap() {
        api.publish("gone", "1");
        Reply reply = api.get("/api/topics/gone/messages?after=abc-1");
        assertEquals(200, reply.status());
        assertEquals("[]", messages(reply).toString());
        assertEquals("false", reply.field("complete"));
        assertEquals("true", api.get("/api/topics/never/messages").field("complete"));
        for (String bad : List.of("after=x", "limit=0", "limit=1001", "limit=a")) {
            assertProblem(400, api.get("/api/topics/gone/messages?" + bad));
        }
    }

    static List<String> messages(Reply reply) {
        return java.util.regex.Pattern.compile("\"message\":([^,]*),")
                .matcher(reply.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** The last one in the answer. */
    private static String end(Reply reply) {
        String body = reply.body();
        return new Frame(body.substring(body.lastIndexOf("],"))).position();
    }

    @Test
    void theFleetIsAsOperatorsSeeIt() {
        Reply fleet = api.get("/api/fleet");
        assertEquals(200, fleet.status());
        assertEquals("pod-7", fleet.field("node"));
        assertEquals(1, fleet.count("\"runtime\""));
        Reply head = api.ask("HEAD", "/api/fleet", "");
        assertEquals(200, head.status());
        assertEquals("", head.body());
    }

    @Test
    void aTakenPortStopsTheStart() {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.api.port", String.valueOf(server.apiPort()));
        try (ServerProcess other = ServerProcess.startInVain(jar(), settings)) {
            assertTrue(
                    other.output().contains("tidegate.api.port=" + server.apiPort() + ": cannot listen"),
                    other.output());
        }
    }

    @Test
    void theDescriptionIsForAnybody() {
        Reply description =
                ApiClient.send(api.request("/api/openapi.yaml").GET().build());
        assertEquals(200, description.status());
        assertTrue(description.body().startsWith("openapi: 3.1."));
        assertEquals("application/yaml", description.header("Content-Type"));
    }

    @Test
    void requestsAreCountedApartFromWhatClientsSend() {
        String metric = "websocket_api_requests_total";
        double received = server.metric("websocket_messages_received_total");
        double published = server.metric("websocket_relay_published_total");
        double done = server.metric(metric, "route=\"publish\"", "status=\"200\"");
        double refused = server.metric(metric, "route=\"publish\"", "status=\"400\"");
        double unknown = server.metric(metric, "route=\"none\"", "status=\"404\"");
        api.publish("counted", "1");
        api.publish("counted", "x");
        api.get("/api/nothing");
        assertEquals(done + 1, server.metric(metric, "route=\"publish\"", "status=\"200\""));
        assertEquals(refused + 1, server.metric(metric, "route=\"publish\"", "status=\"400\""));
        assertEquals(unknown + 1, server.metric(metric, "route=\"none\"", "status=\"404\""));
        assertEquals(received, server.metric("websocket_messages_received_total"));
        assertEquals(published + 1, server.metric("websocket_relay_published_total"));
    }
}
