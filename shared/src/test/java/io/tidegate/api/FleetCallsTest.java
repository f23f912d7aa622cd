package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.HubFixture;
import io.tidegate.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What anybody who may write to Redis can answer. */
class FleetCallsTest {
    private static final FleetMessage TOPICS =
            new FleetMessage(FleetMessage.Kind.ASK_TOPICS, "prefix", "", "after", "");
    private static final FleetMessage CONNECTIONS = new FleetMessage(FleetMessage.Kind.ASK_CONNECTIONS, "user", "ann");

    private final HubFixture fixture = new HubFixture(Map.of("tidegate.relay.url", "redis://localhost"));
    private int nodes = 2;
    private long nanoTime;

    /** Its second is over after a tenth. */
    private final FleetCalls calls = new FleetCalls(
            fixture.settings, fixture.hub, new FleetCalls.Self("self", () -> "{}"), () -> nodes, new Clock() {
                @Override
                public long nanoTime() {
                    nanoTime += 900_000_000;
                    return nanoTime;
                }

                @Override
                public long epochMillis() {
                    return fixture.clock.epochMillis();
                }
            });

    private final Directory directory = new Directory(calls);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatANodeAnswersCounts() {
        answer("other", "a=2,b=3");
        assertEquals(new FleetCalls.Found(List.of("", "a=2,b=3"), true), calls.ask(TOPICS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a=",
                "=1",
                "a=x",
                "a=-1",
                "a=99999999999",
                "a=1,",
                ",",
                "a b=1",
                "a=1\",\"x",
                "a=1,b",
                "é=1"
            })
    void whatIsNoAnswerCountsForNothing(String items) {
        answer("other", items);
        assertEquals(new FleetCalls.Found(List.of(""), false), calls.ask(TOPICS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{}]", "{},", "]},{\"connections\":[", "{\"a\":1}{}"})
    void whatIsNoJsonCountsForNothing(String items) {
        answer("other", items);
        assertEquals(new FleetCalls.Found(List.of(""), false), calls.ask(CONNECTIONS));
    }

    @Test
    void aNodeAnswersOnce() {
        answer("other", "a=2");
        nodes = 3;
        assertEquals(new FleetCalls.Found(List.of("", "a=2"), false), calls.ask(TOPICS));
    }

    @Test
    void theApiAnswersWithWhatItHas() {
        answer("other", "nonsense");
        Query none = ((io.tidegate.protocol.Parsed.Good<Query>) Query.of("")).value();
        Answer topics = directory.topics(none);
        assertEquals(200, topics.status());
        assertEquals("{\"topics\":[],\"next\":null,\"complete\":false}", new String(topics.body(), UTF_8));
        assertTrue(Directory.areTopics("/=1"));
        assertFalse(Directory.areTopics("a=1,".repeat(Directory.MOST + 1) + "b=1"));
    }

    /** Answers each question twice, as such a node. */
    private void answer(String from, String items) {
        fixture.hub.listenToFleet(message -> {
            Optional<FleetMessage> words = FleetMessage.read(message);
            if (words.isPresent() && words.get().kind() != FleetMessage.Kind.ANSWER) {
                Message answer = new FleetMessage(
                                FleetMessage.Kind.ANSWER,
                                "ask",
                                words.get().get("ask"),
                                "items",
                                items,
                                "fleet",
                                fixture.settings.fleet().name(),
                                "from",
                                from)
                        .message();
                fixture.hub.tellFleet(answer);
                fixture.hub.tellFleet(new Message(Opcode.TEXT, answer.payload()));
            }
        });
    }
}
