package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Topic;
import org.junit.jupiter.api.Test;

class ClientTopicsTest {
    private static final Topic TEA = new Topic("tea");
    private static final Topic MILK = new Topic("milk");
    private final ClientTopics topics = new ClientTopics(1);

    @Test
    void aTopicOfSeveralConnectionsCountsOnceAndUntilTheLastOneLeaves() {
        assertTrue(topics.enter("ann", TEA));
        assertTrue(topics.enter("ann", TEA));
        assertFalse(topics.enter("ann", MILK));
        topics.leave("ann", TEA);
        assertFalse(topics.enter("ann", MILK));
        topics.leave("ann", TEA);
        assertTrue(topics.enter("ann", MILK));
    }

    @Test
    void othersHaveTheirOwn() {
        assertTrue(topics.enter("ann", TEA));
        assertTrue(topics.enter("ben", MILK));
    }

    @Test
    void theBroadcastTopicIsFree() {
        assertTrue(topics.enter("ann", TEA));
        assertTrue(topics.enter("ann", Topic.BROADCAST));
    }

    @Test
    void zeroIsAnyNumber() {
        ClientTopics any = new ClientTopics(0);
        assertTrue(any.enter("ann", TEA));
        assertTrue(any.enter("ann", MILK));
    }

    @Test
    void nothingIsLeftOfAClientWithoutTopics() {
        assertTrue(topics.enter("ann", TEA));
        topics.leave("ann", TEA);
        assertEquals(0, topics.clients());
    }
}
