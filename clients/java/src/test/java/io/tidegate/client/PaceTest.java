package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final ClientFixture it =
            new ClientFixture(options -> options.withBounds(new Options.Bounds(1_000, 1_000, Duration.ofSeconds(10))));

    @Test
    void threeHundredPublishesAtTwentyASecondTakeFifteenSeconds() {
        Wire.Peer end = live(20);
        publish(300);
        assertEquals(9, end.sent.size(), "half a second's worth at once, of which the subscribe was one");
        it.advance(Duration.ofSeconds(7));
        assertEquals(9 + 140, end.sent.size());
        it.advance(Duration.ofSeconds(8));
        assertEquals(300, end.sent.size());
        assertEquals(numbers(0, 300), end.sent.stream().map(PaceTest::number).toList());
    }

    @Test
    void aServerRefusesNothingThoughTheNetworkBunchesWhatIsSent() {
        Wire.Peer end = live(20);
        publish(300);
        Random random = new Random(3);
        long due = 0;
        long arrival = 0;
        int seen = 0;
        for (int ms = 0; ms < 15_000; ms++) {
            it.advance(Duration.ofMillis(1));
            for (; seen < end.sent.size(); seen++) {
                arrival = Math.max(arrival, it.timers.nanoTime() + random.nextInt(400) * 1_000_000L);
                // The server's own: twenty a second, and twenty at once.
                long from = Math.max(due, arrival);
                assertTrue(from - arrival <= SECOND - SECOND / 20, "message " + seen);
                due = from + SECOND / 20;
            }
        }
        assertEquals(300, seen);
    }

    @Test
    void whatIsPublishedLaterDoesNotOvertakeWhatWaits() {
        Wire.Peer end = live(2);
        publish(3);
        it.advance(Duration.ofMillis(1));
        it.publish("3");
        it.advance(Duration.ofSeconds(3));
        assertEquals(numbers(0, 4), end.sent.stream().map(PaceTest::number).toList());
    }

    @Test
    void whatWaitsGoesOverTheNextConnectionByThatOnesPace() {
        Wire.Peer end = live(20);
        publish(100);
        end.ack("0");
        end.close("", 1012);
        it.advance(Duration.ofMillis(500));
        Wire.Peer second = it.wire.last().welcome(0);
        assertEquals(1 + 99, second.sent.size());
        it.advance(Duration.ofMillis(500));
        assertEquals(100, second.sent.size());
    }

    @Test
    void withoutALimitNothingWaits() {
        Wire.Peer end = live(0);
        publish(300);
        assertEquals(300, end.sent.size());
    }

    @Test
    void aClosedClientWaitsForNoPace() {
        live(20);
        publish(100);
        it.client.close();
        it.advance(Duration.ofSeconds(60));
        assertEquals(0, it.timers.waiting());
    }

    private Wire.Peer live(int rate) {
        it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome(rate);
        end.subscribed("tea", "0", true);
        end.sent.clear();
        // Heartbeats, so that the connection stays.
        for (int second = 1; second < 60; second++) {
            it.timers.at(second * SECOND, end::alive);
        }
        return end;
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            it.publish(String.valueOf(i));
        }
    }

    private static List<String> numbers(int from, int to) {
        return java.util.stream.IntStream.range(from, to)
                .mapToObj(String::valueOf)
                .toList();
    }

    private static String number(String frame) {
        return frame.replaceAll(".*\"id\":\"(\\d+)\".*", "$1");
    }
}
