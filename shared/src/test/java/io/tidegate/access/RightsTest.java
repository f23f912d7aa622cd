package io.tidegate.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings.Patterns;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RightsTest {
    private static final Optional<String> ANN = Optional.of("ann");

    private static boolean allows(String pattern, Optional<String> user, String topic) {
        Rights rights = Rights.of(user, new Patterns(List.of(pattern), List.of(), List.of()));
        assertFalse(rights.mayPublish(new Topic(topic)));
        assertFalse(rights.maySeePresence(new Topic(topic)));
        return rights.maySubscribe(new Topic(topic));
    }

    @Example
    void aPatternIsATopicOrItsBeginning() {
        assertTrue(allows("news", ANN, "news"));
        assertFalse(allows("news", ANN, "news.sport"));
        assertFalse(allows("news", ANN, "new"));
        assertTrue(allows("news.*", ANN, "news.sport"));
        assertTrue(allows("news.*", ANN, "news."));
        assertFalse(allows("news.*", ANN, "news"));
        assertFalse(allows("NEWS", ANN, "news"));
        assertFalse(allows("n*s", ANN, "news"));
        assertFalse(allows("", ANN, "news"));
    }

    @Example
    void aStarAloneIsEveryTopicThatAClientCanName() {
        assertTrue(allows("*", ANN, "news"));
        assertFalse(allows("*", ANN, Topic.BROADCAST.name()));
        assertFalse(allows("*", ANN, Topic.FLEET.name()));
        assertTrue(allows("/", ANN, Topic.BROADCAST.name()));
        assertFalse(allows("/", ANN, "news"));
        assertFalse(allows("/*", ANN, Topic.FLEET.name()));
    }

    @Example
    void theUserStandsWhereThePatternSaysSo() {
        assertTrue(allows("user:{user}", ANN, "user:ann"));
        assertTrue(allows("user:{user}:*", ANN, "user:ann:inbox"));
        assertFalse(allows("user:{user}", ANN, "user:ben"));
        assertFalse(allows("user:{user}", Optional.empty(), "user:"));
        assertFalse(allows("{user}*", Optional.empty(), "anything"));
        for (String user : List.of("*", "a b", "", "ann*", "x".repeat(129))) {
            assertFalse(allows("{user}*", Optional.of(user), "anything"), user);
        }
    }

    @Example
    void allIsAllAndNoneIsNone() {
        for (Topic topic : List.of(new Topic("news"), Topic.BROADCAST)) {
            assertTrue(Rights.ALL.maySubscribe(topic) && Rights.ALL.mayPublish(topic));
            assertTrue(Rights.ALL.maySeePresence(topic));
            assertFalse(Rights.NONE.maySubscribe(topic) || Rights.NONE.mayPublish(topic));
            assertFalse(Rights.NONE.maySeePresence(topic));
        }
    }

    /** The rule once more, in the plainest words. */
    private static boolean matches(String pattern, String topic) {
        return pattern.endsWith("*")
                ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
                : topic.equals(pattern);
    }

    @Property
    void exactlyTheTopicsOfThePatternsAreAllowed(
            @ForAll("patterns") List<String> subscribe,
            @ForAll("patterns") List<String> publish,
            @ForAll("topics") String topic) {
        Rights rights = Rights.of(
                Optional.empty(),
                new Patterns(subscribe, List.of(), List.of()),
                new Patterns(List.of(), publish, List.of()));
        assertEquals(subscribe.stream().anyMatch(one -> matches(one, topic)), rights.maySubscribe(new Topic(topic)));
        assertEquals(publish.stream().anyMatch(one -> matches(one, topic)), rights.mayPublish(new Topic(topic)));
        assertFalse(rights.maySeePresence(new Topic(topic)));
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.strings().withChars("ab.:").ofMinLength(1).ofMaxLength(5);
    }

    @Provide
    Arbitrary<List<String>> patterns() {
        Arbitrary<String> beginnings = Arbitraries.strings().withChars("ab.:").ofMaxLength(3);
        return Arbitraries.oneOf(topics(), beginnings.map(beginning -> beginning + "*"))
                .list()
                .ofMaxSize(4);
    }
}
