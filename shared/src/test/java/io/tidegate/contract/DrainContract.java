package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.Crowd;
import io.tidegate.testing.Crowd.Member;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Contract, section 5: how a node leaves. */
abstract class DrainContract {
    private static final Pattern NOTICE = Pattern.compile("\\{\"type\":\"server-shutdown\","
            + "\"message\":\"Server restarting, please reconnect\",\"reconnectAfterMs\":(\\d+)}");

    /** Long enough to look at a node that drains before the first close, on a machine that is slow. */
    private static final int NOTICE_MILLIS = 4_000;

    private static final int WINDOW_MILLIS = 5_000;

    abstract Path jar();

    @Test
    void everyClientOfAThousandGetsItsNoticeAndItsOwnSlot() {
        Map<String, String> settings = Map.of(
                "tidegate.drain.notice", NOTICE_MILLIS + "ms",
                "tidegate.drain.window", WINDOW_MILLIS + "ms",
                "tidegate.drain.timeout", "25s");
        try (ServerProcess server = ServerProcess.start(jar(), settings);
                Crowd crowd = new Crowd()) {
            crowd.join(900, server.port(), "/").join(100, server.port(), "/chat");
            long start = System.nanoTime();
            server.terminate();
            Await.until(
                    "everybody's notice",
                    () -> crowd.members().stream()
                            .noneMatch(member -> member.notices().isEmpty()));
            assertTrue(crowd.members().stream().noneMatch(Member::ended), "nobody is closed before the notice is over");

            assertLeaving(server);
            // Before the first close everybody is still there to hear it.
            crowd.member(0).says("during the drain");
            Await.until(
                    "a message during the drain",
                    () -> crowd.members().subList(0, 900).stream()
                            .allMatch(member -> member.messages().contains("during the drain")));

            Await.until(
                    "everybody leaves",
                    Duration.ofSeconds(30),
                    () -> crowd.members().stream().allMatch(Member::ended));
            assertEquals(0, server.awaitExit(Duration.ofSeconds(5)));
            assertTrue(server.output().contains("1000 left gracefully, 0 were cut"), server::output);
            assertSpread(crowd, start);
        }
    }

    @Test
    void whoDoesNotLeaveIsCutAtTheTimeout() {
        Map<String, String> settings = Map.of(
                "tidegate.drain.notice", "100ms", "tidegate.drain.window", "100ms", "tidegate.drain.timeout", "1s");
        try (ServerProcess server = ServerProcess.start(jar(), settings);
                RawClient stubborn = RawClient.connect(server.port(), "/")) {
            server.terminate();
            assertTrue(stubborn.message().contains("server-shutdown"));
            assertEquals(1012, stubborn.frame().closeCode());
            stubborn.awaitEnd();
            assertEquals(0, server.awaitExit(Duration.ofSeconds(5)));
            assertTrue(server.output().contains("0 left gracefully, 1 were cut"), server::output);
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of());
                RawClient client = RawClient.connect(server.port(), "/")) {
            server.terminate();
            assertTrue(client.message().contains("server-shutdown"));
            server.terminate();
            assertFalse(server.awaitExit(Duration.ofSeconds(3)) == 0);
        }
    }

    @Test
    void anEmptyNodeLeavesAtOnce() {
        try (ServerProcess server = ServerProcess.start(jar(), Map.of())) {
            server.terminate();
            assertEquals(0, server.awaitExit(Duration.ofSeconds(4)));
        }
    }

    private static void assertLeaving(ServerProcess server) {
        assertEquals(503, server.get("/health/ready").statusCode());
        assertTrue(server.get("/health/ready").body().contains("draining"));
        assertEquals(200, server.get("/health/live").statusCode());
        assertTrue(
                server.get("/connections").body().endsWith("\"connections\":1000,\"limit\":10000,\"draining\":true}"));
        assertEquals(1, server.metric("websocket_draining"));
        try (RawClient late = new RawClient(server.port())) {
            Response refused = late.handshake("/");
            assertEquals(503, refused.status());
            assertFalse(refused.header("Retry-After").isEmpty());
        }
    }

    /** Each at its slot, within what a busy machine takes; and no fifth of the window has more than a third of them. */
    private static void assertSpread(Crowd crowd, long start) {
        int[] fifths = new int[5];
        for (Member member : crowd.members()) {
            assertEquals(1012, member.closeCode());
            assertEquals(1, member.notices().size());
            Matcher notice = NOTICE.matcher(member.notices().getFirst());
            assertTrue(notice.matches(), () -> member.notices().getFirst());
            long slot = Long.parseLong(notice.group(1));
            long closed = (member.closedAt() - start) / 1_000_000;
            assertTrue(slot >= NOTICE_MILLIS && slot < NOTICE_MILLIS + WINDOW_MILLIS, () -> "slot " + slot);
            assertTrue(closed >= slot - 50 && closed < slot + 5_000, () -> "slot " + slot + ", closed at " + closed);
            fifths[(int) (slot - NOTICE_MILLIS) * 5 / WINDOW_MILLIS]++;
        }
        assertTrue(
                Arrays.stream(fifths).max().orElseThrow() <= 333,
                () -> List.of(fifths).toString());
    }
}
