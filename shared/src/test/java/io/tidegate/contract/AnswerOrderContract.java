package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Contract, section 4: the frames of one connection on one topic are answered in their order, none of them waited for. */
abstract class AnswerOrderContract extends OneServer {
    private static final int TRIES = 100;
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"topic\":\"%s\"}";
    private static final String UNSUBSCRIBE = "{\"type\":\"unsubscribe\",\"topic\":\"%s\"}";

    @Test
    void aPublishRightBehindASubscribeBringsTheOwnMessage() {
        for (int i = 0; i < TRIES; i++) {
            String topic = "own-" + i;
            try (FullClient ann = FullClient.connect(server.port(), "")) {
                ann.says(SUBSCRIBE.formatted(topic));
                ann.publish(topic, "mine", "1");
                Frame subscribed = ann.expect("subscribed");
                List<Frame> both = Stream.generate(() -> new Frame(ann.raw().message()))
                        .limit(2)
                        .toList();
                assertEquals(
                        List.of("ack", "message"),
                        both.stream().map(Frame::type).sorted().toList());
                assertEquals(both.getFirst().position(), both.getLast().position());
                assertNotEquals(subscribed.position(), both.getFirst().position());
            }
        }
    }

    @Test
    void eachOfThreeSubscribesInARowIsAnswered() {
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            for (int i = 0; i < 3; i++) {
                ann.says(SUBSCRIBE.formatted("thrice"));
            }
            for (int i = 0; i < 3; i++) {
                assertEquals("thrice", ann.expect("subscribed").field("topic"));
            }
            ann.says("{\"type\":\"ping\"}");
            ann.expect("pong");
        }
    }

    @Test
    void subscribesAndUnsubscribesAreAnsweredInTheirOrder() {
        for (int i = 0; i < TRIES / 10; i++) {
            String topic = "twice-" + i;
            try (FullClient ann = FullClient.connect(server.port(), "");
                    FullClient ben = FullClient.connect(server.port(), "")) {
                ben.publish(topic, "before", "1");
                String last = ben.expect("ack").position();
                for (String frame : List.of(SUBSCRIBE, SUBSCRIBE, UNSUBSCRIBE, UNSUBSCRIBE)) {
                    ann.says(frame.formatted(topic));
                }
                List<Frame> answers = IntStream.range(0, 4)
                        .mapToObj(number -> new Frame(ann.raw().message()))
                        .toList();
                assertEquals(
                        List.of("subscribed", "subscribed", "unsubscribed", "error"),
                        answers.stream().map(Frame::type).toList());
                assertTrue(answers.stream()
                        .allMatch(answer -> answer.field("topic").equals(topic)));
                assertEquals(last, answers.get(1).position());
                assertEquals(last, answers.get(2).position());
            }
        }
    }

    @Test
    void ofATopicWithoutMessagesUnsubscribedNamesAPositionToComeBackTo() {
        try (FullClient ann = FullClient.connect(server.port(), "");
                FullClient ben = FullClient.connect(server.port(), "")) {
            ann.says(SUBSCRIBE.formatted("still-empty"));
            ann.says(UNSUBSCRIBE.formatted("still-empty"));
            String position = ann.expect("subscribed").position();
            assertEquals(position, ann.expect("unsubscribed").position());
            assertNotEquals("0-0", position);
            ben.publish("still-empty", "missed", "1");
            ben.expect("ack");
            ann.resume("still-empty", position);
            assertEquals("true", ann.expect("subscribed").field("recovered"));
            assertEquals("missed", ann.expect("message").message());
        }
    }
}
