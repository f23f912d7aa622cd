package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot travel is refused before it is sent, in words that name it. */
@NullUnmarked
class ArgumentsTest {
    private static final String HALF_A_PAIR = "\uD83D";

    private final ClientFixture it = new ClientFixture();

    @Test
    void nullIsRefusedByName() {
        refused("topic ", () -> it.client.publish(null, "1"));
        refused("message ", () -> it.client.publish("tea", null));
        refused("publication ", () -> it.client.publish(null));
        refused("user ", () -> Publication.of("tea", "1").by(null));
        refused("id ", () -> Publication.of("tea", "1").withId(null));
        refused("timeout ", () -> Publication.of("tea", "1").within(null));
        refused("topic ", () -> it.client.subscribe(null, it.listener()));
        refused("listener ", () -> it.client.subscribe("tea", null));
        refused("from ", () -> it.client.subscribe("tea", (From) null, it.listener()));
        refused("topic ", () -> it.client.subscription(null));
        refused("options ", () -> TidegateClient.connect(null));
        refused("url ", () -> Options.of((String) null));
        refused("urls ", () -> Options.of((String[]) null));
        Options options = Options.of("ws://a/chat");
        refused("url ", () -> new Options(Collections.singletonList((URI) null), null, null, null, null));
        refused("backoff ", () -> options.withBackoff(null));
        refused("bounds ", () -> options.withBounds(null));
        refused("threads ", () -> options.withThreads(null));
        refused("states ", () -> options.withStates(null));
        refused("failures ", () -> options.withFailures(null));
        refused("traces ", () -> options.withTraces(null));
        refused("token ", () -> options.withToken(null));
        refused("token ", () -> options.withAsyncToken(null));
        refused("tokenFailures ", () -> options.withTokenFailures(null));
        refused("first ", () -> new Backoff(null, Duration.ofSeconds(1)));
        refused("connect ", () -> new Options.Bounds(1, 1, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "hi", "1 2", "{\"a\":1", "\"\uD800\"", "{\"a\":1}]", "NaN", "Infinity", "-Infinity", "[1e]",
                "undefined", "'a'", "0x1F", "+1", "01", "{a:1}", "[1,]", "\"a\nb\"", "\uFEFF1", "1 // one", "True"
            })
    void whatIsNotOneJsonValueIsRefused(String json) {
        refused("message ", () -> Publication.of("tea", json));
        refused("user ", () -> Publication.of("tea", "1").by(json));
    }

    @Test
    void whatNoServerReadsIsRefused() {
        refused("message ", () -> Publication.of("tea", "[".repeat(1_000) + "]".repeat(1_000)));
        refused("message ", () -> Publication.of("tea", "1".repeat(1_001)));
        assertDoesNotThrow(() -> Publication.of("tea", "[".repeat(999) + "]".repeat(999)));
        assertDoesNotThrow(() -> Publication.of("tea", "1".repeat(1_000)));
        assertDoesNotThrow(() -> Publication.of("tea", "\"\\ud83d\""));
    }

    @Test
    void halfASurrogatePairTravelsNowhere() {
        refused("topic ", () -> Publication.of(HALF_A_PAIR, "1"));
        refused("topic ", () -> it.client.subscribe(HALF_A_PAIR, it.listener()));
        refused("message ", () -> Publication.of("tea", '"' + HALF_A_PAIR + '"'));
        refused("user ", () -> Publication.of("tea", "1").by('"' + HALF_A_PAIR + '"'));
        refused("id ", () -> Publication.of("tea", "1").withId(HALF_A_PAIR));
        refused("after ", () -> it.client.subscribe("tea", HALF_A_PAIR, it.listener()));
    }

    @Test
    void whatIsRefusedHoldsUpNothing() {
        Wire.Peer end = it.live();
        refused("id ", () -> it.client.publish(Publication.of("tea", "1").withId(HALF_A_PAIR)));
        it.publish("a");
        end.ack("a");
        assertEquals(1, end.sent.size());
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void idsTopicsAndPositionsAreOfSomeLength() {
        refused("topic ", () -> Publication.of("a b", "1"));
        refused("topic ", () -> Publication.of("", "1"));
        refused("topic ", () -> Publication.of("x".repeat(129), "1"));
        refused("id ", () -> Publication.of("a", "1").withId(""));
        refused("id ", () -> Publication.of("a", "1").withId("x".repeat(129)));
        refused("after ", () -> From.after(""));
        refused("after ", () -> From.after("x".repeat(70_000)));
    }

    @Test
    void aMessageOfAnErrorIsNoLongerThanASentence() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> From.after("x".repeat(70_000)));
        assertTrue(String.valueOf(e.getMessage()).length() < 300, e.toString());
        assertTrue(String.valueOf(e.getMessage()).contains("of 70000 characters"), e.toString());
    }

    @Test
    void timesAreAboveZero() {
        refused("timeout ", () -> Publication.of("a", "1").within(Duration.ZERO));
        refused("connect ", () -> new Options.Bounds(1, 1, Duration.ZERO));
        refused("backoff ", () -> new Backoff(Duration.ZERO, Duration.ZERO));
        refused("bounds ", () -> new Options.Bounds(0, 1, Duration.ofSeconds(1)));
    }

    private static void refused(String argument, Executable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(argument), message);
        assertTrue(message.contains("allowed"), message);
    }
}
