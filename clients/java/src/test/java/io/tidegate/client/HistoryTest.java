package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
    private static final String LAST_50 = "{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":50}";

    private final ClientFixture it = new ClientFixture();

    @Test
    void theLastMessagesComeBeforeWhatIsNew() {
        it.client.subscribe("tea", From.last(50), it.listener());
        Wire.Peer end = it.wire.last().welcome();
        assertEquals(List.of(LAST_50), end.sent);
        end.subscribed("tea", "4", true);
        end.message("tea", "5");
        end.message("tea", "6");
        assertEquals(List.of("5", "6"), it.told);
    }

    @Test
    void theyAreAskedForUntilTheServerHasAnsweredAndThenNeverAgain() {
        it.client.subscribe("tea", From.last(50), it.listener());
        it.wire.last().welcome().close("", 1011);
        it.advance(Duration.ofMillis(500));
        Wire.Peer second = it.wire.last().welcome();
        assertEquals(List.of(LAST_50), second.sent);
        second.subscribed("tea", "4", true);
        second.close("", 1011);
        it.advance(Duration.ofMillis(500));
        Wire.Peer third = it.wire.last().welcome();
        assertEquals(List.of("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"4\"}"), third.sent);

        third.error("invalid-frame", "subscribe", "tea", "");
        assertEquals(
                "{\"type\":\"subscribe\",\"topic\":\"tea\"}", third.sent.getLast(), "a gap, not the history again");
    }

    @Test
    void aPositionThatIsNullIsNone() {
        String none = null;
        it.client.subscribe("tea", none, it.listener());
        Wire.Peer end = it.wire.last().welcome();
        assertEquals(List.of("{\"type\":\"subscribe\",\"topic\":\"tea\"}"), end.sent);
        end.subscribed("tea", "7", true);
        end.message("tea", "8");
        assertEquals(List.of("8"), it.told, "nothing is said to be lost");
    }

    @Test
    void aMessageThatIsNotToBeKeptSaysSo() {
        Wire.Peer end = it.live();
        it.publish(Publication.of("tea", "1").withId("a").keep(false));
        it.publish(Publication.of("tea", "1").withId("b").keep(true));
        assertEquals(
                List.of(
                        "{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"a\",\"message\":1,\"keep\":false}",
                        "{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"b\",\"message\":1}"),
                end.sent);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void soManyCannotBeAskedFor(int last) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> From.last(last));
        assertEquals("last " + last + "; allowed are 1 to 100000", e.getMessage());
    }

    @Test
    void aPlaceToBeginIsOne() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new From(Optional.of("1"), OptionalInt.of(1)));
        assertTrue(String.valueOf(e.getMessage()).contains("after and last"), e.toString());
    }
}
