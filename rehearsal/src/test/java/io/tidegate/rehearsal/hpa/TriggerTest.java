package io.tidegate.rehearsal.hpa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** KEDA's {@code pkg/fallback/fallback.go}. */
class TriggerTest {
    private static final Fallback FALLBACK = new Fallback(3, 2, Fallback.Behavior.CURRENT_REPLICAS_IF_HIGHER);

    @Test
    void anAnswerIsHandedOnUndivided() {
        Trigger trigger = trigger(Optional.empty());
        assertEquals(
                new Reading.Value("connections", 10_000_000, 1_000_000),
                trigger.read(OptionalDouble.of(10_000), "", 10));
    }

    @Test
    void aFailureIsHandedOnUntilTheThresholdIsPassed() {
        Trigger trigger = trigger(Optional.of(FALLBACK));
        for (int i = 0; i < 3; i++) {
            assertEquals(new Reading.Failed("connections", "no answer"), fail(trigger, 10));
        }
        assertInstanceOf(Reading.Value.class, fail(trigger, 10));
    }

    @Test
    void anAnswerEndsTheCountOfFailures() {
        Trigger trigger = trigger(Optional.of(FALLBACK));
        for (int i = 0; i < 4; i++) {
            fail(trigger, 10);
        }
        trigger.read(OptionalDouble.of(1), "", 10);
        assertInstanceOf(Reading.Failed.class, fail(trigger, 10));
    }

    @Test
    void withoutFallbackFailuresStayFailures() {
        Trigger trigger = trigger(Optional.empty());
        for (int i = 0; i < 10; i++) {
            assertInstanceOf(Reading.Failed.class, fail(trigger, 10));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STATIC,10,2",
        "STATIC,1,2",
        "CURRENT_REPLICAS,10,10",
        "CURRENT_REPLICAS_IF_HIGHER,10,10",
        "CURRENT_REPLICAS_IF_HIGHER,1,2",
        "CURRENT_REPLICAS_IF_LOWER,10,2",
        "CURRENT_REPLICAS_IF_LOWER,1,1"
    })
    void theFallbackAsksForItsReplicas(Fallback.Behavior behavior, int current, int replicas) {
        Trigger trigger = trigger(Optional.of(new Fallback(0, 2, behavior)));
        Reading.Value value = assertInstanceOf(Reading.Value.class, fail(trigger, current));
        assertEquals(replicas, value.value() / value.target());
    }

    private static Trigger trigger(Optional<Fallback> fallback) {
        return new Trigger("connections", 1_000, fallback);
    }

    private static Reading fail(Trigger trigger, int current) {
        return trigger.read(OptionalDouble.empty(), "no answer", current);
    }
}
