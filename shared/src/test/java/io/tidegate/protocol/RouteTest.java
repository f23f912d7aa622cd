package io.tidegate.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    @Test
    void theTwoEndpointsHaveTheirTopics() {
        assertEquals(new Route.Found(Wire.BROADCAST, Topic.BROADCAST), Route.of("/", List.of()));
        assertEquals(new Route.Found(Wire.PLAIN, new Topic("chat-messages")), Route.of("/chat", List.of()));
        assertEquals(new Route.Found(Wire.PLAIN, new Topic("tea")), Route.of("/chat", List.of("tea")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "/", "tea/coffee", "ü", "tea\n", "{x}"})
    void aTopicOutsideOfThePatternIsABadRequestThatSaysWhatIsAllowed(String topic) {
        Route.Refused refused = assertInstanceOf(Route.Refused.class, Route.of("/chat", List.of(topic)));
        assertEquals(400, refused.status());
        assertTrue(refused.message().contains(Topic.PATTERN));
    }

    @Test
    void noClientCanNameTheBroadcastTopic() {
        assertFalse(Topic.isValid(Topic.BROADCAST.name()));
        assertTrue(Topic.isValid("a".repeat(128)));
        assertFalse(Topic.isValid("a".repeat(129)));
    }

    @Test
    void withoutASubprotocolThereIsOneTopic() {
        assertEquals(
                400,
                assertInstanceOf(Route.Refused.class, Route.of("/chat", List.of("a", "b")))
                        .status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat/", "/ws", "//", "/Chat"})
    void otherPathsAreNotFound(String path) {
        assertEquals(
                404,
                assertInstanceOf(Route.Refused.class, Route.of(path, List.of())).status());
    }
}
