package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.tracing.Step;
import io.tidegate.tracing.Tracing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracesTest {
    private static final Topic NEWS = new Topic("news");
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final List<String> spans = new ArrayList<>();
    private final Traces traces = new Traces();
    private final TracedDeliveries deliveries = new TracedDeliveries(traces);

    @Test
    void aMessageOfWhichAnotherNodeTellsAfterItsDeliveryIsASpan() {
        traces.to(recording());
        deliveries.delivered(arrived(7, 3, 100), 140);
        deliveries.told(word(8));
        assertEquals(List.of("DELIVER " + TRACE + " news 100-140"), spans);
    }

    @Test
    void soIsOneOfWhichItTellsBefore() {
        traces.to(recording());
        deliveries.told(word(9));
        deliveries.delivered(arrived(7, 3, 100), 140);
        assertEquals(List.of("DELIVER " + TRACE + " news 100-140"), spans);
    }

    @Test
    void whatIsNeverDeliveredHereIsNoSpan() {
        traces.to(recording());
        deliveries.told(word(10));
        deliveries.told(new Traces.Word(new Topic("other"), new Position("e", 8), TRACE));
        deliveries.delivered(arrived(7, 3, 100), 140);
        assertEquals(List.of(), spans);
    }

    /** A publisher that traces everything while nobody here subscribes, or a stranger in Redis, must not fill the memory. */
    @Test
    void theOldestIsForgottenWhereManyWait() {
        traces.to(recording());
        IntStream.rangeClosed(1, 5_000).forEach(offset -> deliveries.told(word(offset)));
        deliveries.delivered(arrived(1, 5_000, 100), 140);
        assertEquals(4_096, spans.size());
        deliveries.delivered(arrived(6_001, 5_000, 100), 140);
        IntStream.rangeClosed(6_001, 11_000).forEach(offset -> deliveries.told(word(offset)));
        assertEquals(2 * 4_096, spans.size());
    }

    @Test
    void aNodeThatTracesNothingRemembersNothing() {
        deliveries.delivered(arrived(7, 3, 100), 140);
        traces.to(recording());
        deliveries.told(word(8));
        assertEquals(List.of(), spans);
        assertFalse(new Traces().isOn());
    }

    @Test
    void aWordIsReadAsItWasWritten() {
        assertEquals(Optional.of(word(8)), Traces.Word.read(word(8).message()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "t e-1", "t e-1 ", "t e-1 /fleet", "t e-x news", "t e-1 news more", "t  news"})
    void whatIsNoWordIsPassedOver(String text) {
        assertEquals(Optional.empty(), Traces.Word.read(message(text)));
    }

    @Property
    void noBytesBreakTheReadingOfAWord(@ForAll byte[] bytes) {
        Traces.Word.read(new Message(Opcode.BINARY, bytes))
                .ifPresent(word -> assertTrue(Topic.isValid(word.topic().name())));
    }

    private static Traces.Word word(long offset) {
        return new Traces.Word(NEWS, new Position("e", offset), TRACE);
    }

    private static Message message(String text) {
        return new Message(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private static LoopEvent.Arrived arrived(long first, int count, long nanoTime) {
        List<Message> messages =
                IntStream.range(0, count).mapToObj(i -> message("m" + i)).toList();
        return new LoopEvent.Arrived(new TopicBatch(NEWS, new Position("e", first), messages), 0, nanoTime);
    }

    private Tracing recording() {
        return new Tracing() {
            @Override
            public boolean isOn() {
                return true;
            }

            @Override
            public Span begin(Step step, String traceparent, String topic) {
                return Span.NONE;
            }

            @Override
            public void add(Step step, String traceparent, String topic, long beganNanos, long endedNanos) {
                spans.add(step + " " + traceparent + " " + topic + " " + beganNanos + "-" + endedNanos);
            }

            @Override
            public void close() {}
        };
    }
}
