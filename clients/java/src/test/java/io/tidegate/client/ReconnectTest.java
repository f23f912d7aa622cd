package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReconnectTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void aClientThatStartsClosedConnectsWhenItIsToldTo() {
        ManualTimers timers = new ManualTimers();
        Wire wire = new Wire();
        TidegateClient client = new TidegateClient(it.options(options -> options), wire, timers, new Random(1));
        client.subscribe("tea", it.listener());
        timers.advance(Duration.ofMinutes(5));
        assertEquals(0, wire.opened());
        assertEquals(State.WAITING, client.state());

        client.reconnect();
        wire.last().welcome().subscribed("tea", "0", true);
        assertEquals(State.LIVE, client.state());
    }

    @Test
    void aClientThatWaitsTriesAtOnceAndItsBackoffBeginsAgain() {
        for (int i = 0; i < 6; i++) {
            it.wire.last().close("", 1011);
            it.advance(Duration.ofSeconds(10));
        }
        it.wire.last().refuse(503, Duration.ofMinutes(5));
        assertEquals(State.WAITING, it.client.state());
        it.client.reconnect();
        assertEquals(8, it.wire.opened());
        it.wire.last().close("", 1011);
        it.advance(Duration.ofMillis(500));
        assertEquals(9, it.wire.opened());
        it.advance(Duration.ofMinutes(4));
        assertEquals(State.WAITING, it.client.state(), "given up after 10 s, and the time of the 503 is forgotten");
    }

    @Test
    void aConnectionIsReplacedAndEverythingGoesOnOverTheNewOne() {
        Wire.Peer first = it.live();
        first.message("tea", "1");
        it.publish("a");
        it.client.reconnect();
        assertEquals(Optional.of(1000), first.closed);
        first.message("tea", "2");
        assertEquals(List.of("1"), it.told, "the old one is heard no more");

        Wire.Peer second = it.wire.last().welcome();
        assertEquals(
                List.of(
                        "{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"1\"}",
                        "{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"a\",\"message\":1}"),
                second.sent);
        second.subscribed("tea", "1", true);
        second.message("tea", "2");
        assertEquals(List.of("1", "2"), it.told);
        it.advance(Duration.ofSeconds(1));
        assertEquals(2, it.wire.opened());
    }

    @Test
    void aHandOverIsReplacedToo() {
        Wire.Peer first = it.live();
        first.shutdown(0);
        it.advance(Duration.ZERO);
        Wire.Peer second = it.wire.last().welcome();
        it.client.reconnect();
        assertEquals(Optional.of(1000), first.closed);
        assertEquals(Optional.of(1000), second.closed);
        it.wire.last().welcome().subscribed("tea", "0", true);
        assertEquals(State.LIVE, it.client.state());
        assertEquals(3, it.wire.opened());
    }

    @Test
    void aClosedClientSaysSo() {
        it.client.close();
        assertThrows(ClientClosedException.class, () -> it.client.publish("tea", "1"));
        assertThrows(ClientClosedException.class, () -> it.client.subscribe("tea", it.listener()));
        assertThrows(ClientClosedException.class, it.client::reconnect);
    }

    @Test
    void theFirstFailureIsLoggedOnceWithItsAddress() {
        try (LogCapture log = new LogCapture()) {
            String host = it.wire.last().url.getHost();
            it.wire.last().fail("no-subprotocol: the server does not speak tidegate.v1 there");
            it.advance(Duration.ofMillis(500));
            it.wire.last().fail("cannot connect");
            assertEquals(1, log.lines().size(), log.lines().toString());
            String line = log.lines().getFirst();
            assertTrue(line.contains("ws://" + host + "/chat: no-subprotocol: "), line);
            assertTrue(it.reasons.get(1).startsWith("ws://" + host + "/chat: no-subprotocol"), it.reasons.toString());
        }
    }

    @Test
    void aConnectionThatIsLostLaterIsNotLogged() {
        try (LogCapture log = new LogCapture()) {
            it.live().close("", 1011);
            it.advance(Duration.ofMillis(500));
            it.wire.last().fail("cannot connect");
            assertEquals(List.of(), log.lines());
        }
    }

    @Test
    void whatIsSecretInAnAddressIsNotLogged() {
        try (LogCapture log = new LogCapture()) {
            ClientFixture own = new ClientFixture(options -> new Options(
                    List.of(java.net.URI.create("ws://ann:pw@one:81/chat?token=secret")),
                    options.backoff(),
                    options.bounds(),
                    options.threads(),
                    options.hooks()));
            own.wire.last().fail("cannot connect");
            String line = log.lines().getFirst();
            assertTrue(line.endsWith("ws://one:81/chat: cannot connect"), line);
        }
    }

    @Test
    void aClientThatAServerEndsLogsWhy() {
        try (LogCapture log = new LogCapture()) {
            it.live().close("too large", 1009);
            assertEquals(List.of("the client is closed for good: closed by the server: 1009 too large"), log.lines());
        }
    }

    /** A server that was killed, or a proxy that cuts: nobody has closed anything. */
    @Test
    void anEndWithoutACloseFrameIsNotCalledAClose() {
        List<String> reasons = new ArrayList<>();
        ClientFixture own = new ClientFixture(options -> options.withStates(change -> reasons.add(change.reason())));
        own.live().close("", 1006);
        assertEquals("the connection ended without a close frame", reasons.getLast());
    }

    @Test
    void theDebugHookSeesEveryFrame() {
        List<String> traces = new ArrayList<>();
        ClientFixture own = new ClientFixture(options -> options.withTraces(trace -> {
            traces.add(trace.kind() + " " + trace.text());
            throw new IllegalStateException("it must not matter");
        }));
        Wire.Peer end = own.live();
        end.close("", 1011);
        own.client.close();
        assertEquals(
                List.of(
                        "OPENING ",
                        "OPENED ",
                        "RECEIVED " + Wire.WELCOME,
                        "SENT {\"type\":\"subscribe\",\"topic\":\"tea\"}",
                        "RECEIVED {\"type\":\"subscribed\",\"topic\":\"tea\",\"position\":\"0\",\"recovered\":true}",
                        "ENDED closed by the server: 1011",
                        "CLOSING at once"),
                traces);
    }
}
