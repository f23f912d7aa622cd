package io.tidegate.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    @Test
    void theTwoEndpointsHaveTheirTopics() {
        assertEquals(found(Wire.BROADCAST, Topic.BROADCAST), plain("/"));
        assertEquals(found(Wire.PLAIN, new Topic("chat-messages")), plain("/chat"));
        assertEquals(found(Wire.PLAIN, new Topic("tea")), plain("/chat", "tea"));
    }

    private static Route.Found found(Wire wire, Topic topic) {
        return new Route.Found(wire, List.of(topic), Optional.empty());
    }

    private static Route plain(String path, String... topics) {
        return Route.of(new Route.Request(path, List.of(topics), List.of()), "", 2);
    }

    private static Route full(String... topics) {
        return Route.of(new Route.Request("/chat", List.of(topics), List.of("graphql-ws", "tidegate.v1")), "", 2);
    }

    @Test
    void theSubprotocolTakesSeveralTopicsAndIsConfirmed() {
        Topic tea = new Topic("tea");
        Topic coffee = new Topic("coffee");
        Optional<String> confirmed = Optional.of("tidegate.v1");
        assertEquals(new Route.Found(Wire.FULL, List.of(tea, coffee), confirmed), full("tea", "coffee", "tea"));
        assertEquals(new Route.Found(Wire.FULL, List.of(), confirmed), full());
    }

    @Test
    void moreTopicsThanAConnectionMayHaveAreABadRequest() {
        Route.Refused refused = assertInstanceOf(Route.Refused.class, full("a", "b", "c"));
        assertEquals(400, refused.status());
        assertTrue(refused.message().contains("2"), refused::message);
    }

    @Test
    void aSubprotocolThatNobodyKnowsIsNotConfirmed() {
        Route route = Route.of(new Route.Request("/chat", List.of(), List.of("mqtt")), "", 2);
        assertEquals(found(Wire.PLAIN, Topic.DEFAULT_CHAT), route);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "/", "tea/coffee", "ü", "tea\n", "{x}"})
    void aTopicOutsideOfThePatternIsABadRequestThatSaysWhatIsAllowed(String topic) {
        Route.Refused refused = assertInstanceOf(Route.Refused.class, plain("/chat", topic));
        assertEquals(400, refused.status());
        assertTrue(refused.message().contains(Topic.PATTERN));
    }

    @Test
    void noClientCanNameTheBroadcastTopic() {
        assertFalse(Topic.isValid(Topic.BROADCAST.name()));
        assertFalse(Topic.isValid(Topic.FLEET.name()));
        assertTrue(Topic.isValid("a".repeat(128)));
        assertFalse(Topic.isValid("a".repeat(129)));
    }

    @Test
    void withAPrefixThereIsNothingElse() {
        assertEquals(found(Wire.BROADCAST, Topic.BROADCAST), prefixed("/a/ws"));
        assertEquals(found(Wire.BROADCAST, Topic.BROADCAST), prefixed("/a/ws/"));
        assertEquals(found(Wire.PLAIN, Topic.DEFAULT_CHAT), prefixed("/a/ws/chat"));
        for (String path : List.of("/", "/chat", "/a", "/a/wschat", "/a/ws/chat/", "/a/ws//chat")) {
            Route.Refused refused = assertInstanceOf(Route.Refused.class, prefixed(path));
            assertEquals(404, refused.status());
            assertTrue(refused.message().contains("/a/ws/ (broadcast) and /a/ws/chat"), refused::message);
        }
    }

    private static Route prefixed(String path) {
        return Route.of(new Route.Request(path, List.of(), List.of()), "/a/ws", 2);
    }

    @Test
    void withoutASubprotocolThereIsOneTopic() {
        assertEquals(
                400,
                assertInstanceOf(Route.Refused.class, plain("/chat", "a", "b")).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/", "/ws", "//", "/Chat"})
    void otherPathsAreNotFound(String path) {
        assertEquals(404, assertInstanceOf(Route.Refused.class, plain(path)).status());
    }
}
