package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.FreePort;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract, section 5: a SIGTERM during the start ends in order. This is promised from the first line of {@code main} on;
 * before that, the JVM knows no handler of ours and ends with 143, while nothing is open yet. What has come after that line
 * is seen from outside by the classes that the JVM loads: {@code LogConfig} is the first that is used behind it.
 */
abstract class SignalContract {
    private static final String HEARD = " io.helidon.logging.common.LogConfig ";

    private static final int STARTS = 8;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Path classes = Path.of("");

    abstract Path jar();

    @BeforeEach
    void name() {
        classes = directory.resolve("classes.log");
    }

    @Test
    void aSignalAtAnyMomentOfTheStartEndsItInOrder() {
        long length = lengthOfAStart();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < STARTS; i++) {
            // One in each part of the start, and the first as early as it is promised.
            long wait = i == 0 ? 0 : (long) ((i - 1 + random.nextDouble()) * length / (STARTS - 1));
            String moment = wait / 1_000_000 + " ms of " + length / 1_000_000 + " after main began, seed " + seed;
            try (ServerProcess server = begin(Map.of())) {
                awaitHeard(server);
                LockSupport.parkNanos(wait);
                server.terminate();
                assertEquals(0, server.awaitExit(LIMIT), () -> moment + ":\n" + server.output());
                assertFalse(server.output().contains("\tat "), () -> moment + ":\n" + server.output());
                assertFalse(server.output().contains("Exception"), () -> moment + ":\n" + server.output());
            }
        }
    }

    /** The listeners are open some time before the server says so. */
    @Test
    void aSignalRightBehindTheFirstHandshakeStillBringsTheClientItsNotice() {
        int port = FreePort.find();
        Map<String, String> settings = Map.of(
                "tidegate.port",
                String.valueOf(port),
                "tidegate.drain.notice",
                "100ms",
                "tidegate.drain.window",
                "100ms");
        try (ServerProcess server = begin(settings);
                RawClient client = firstOf(server, port)) {
            server.terminate();
            assertTrue(client.message().contains("server-shutdown"));
            assertEquals(1012, client.closed().closeCode());
            assertEquals(0, server.awaitExit(LIMIT), server::output);
        }
    }

    /** Its default, an end at once, would cut everybody. */
    @Test
    void aClosedTerminalDrainsToo() {
        Map<String, String> settings = Map.of("tidegate.drain.notice", "100ms", "tidegate.drain.window", "100ms");
        try (ServerProcess server = ServerProcess.start(jar(), settings);
                RawClient client = RawClient.connect(server.port(), "/")) {
            server.hangUp();
            if (isInheritedAsIgnored()) {
                // Under nohup it stays so, and nobody is cut.
                client.text("still here");
                assertEquals("still here", client.message());
                return;
            }
            assertTrue(client.message().contains("server-shutdown"));
            assertEquals(1012, client.closed().closeCode());
            assertEquals(0, server.awaitExit(LIMIT), server::output);
        }
    }

    /** Whether SIGHUP is ignored by this process, and so by its children (signal(7)): bit 0 of SigIgn in proc(5). */
    private static boolean isInheritedAsIgnored() {
        Path own = Path.of("/proc/self/status");
        if (!Files.exists(own)) {
            return false; // no Linux
        }
        try (Stream<String> status = Files.lines(own)) {
            return status.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException("reading /proc/self/status", e);
        }
    }

    @Test
    void aSecondSignalDuringTheStartEndsItAtOnce() {
        try (ServerProcess server = begin(Map.of())) {
            awaitHeard(server);
            // Signals of the same kind that are not taken yet are one to the kernel.
            while (server.isAlive()) {
                server.terminate();
                LockSupport.parkNanos(10_000_000);
            }
            assertNotEquals(0, server.awaitExit(LIMIT), server::output);
            assertFalse(server.output().contains(" listens: "), server::output);
        }
    }

    private long lengthOfAStart() {
        try (ServerProcess server = begin(Map.of())) {
            awaitHeard(server);
            long begun = System.nanoTime();
            Await.until(server::output, LIMIT, () -> server.output().contains(" listens: ") || !server.isAlive());
            return System.nanoTime() - begun;
        }
    }

    private ServerProcess begin(Map<String, String> settings) {
        try {
            Files.deleteIfExists(classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ServerProcess.begin(jar(), settings, List.of("-Xlog:class+load=info:file=" + classes));
    }

    private void awaitHeard(ServerProcess server) {
        Await.until(server::output, LIMIT, () -> isHeard() || !server.isAlive());
    }

    private boolean isHeard() {
        try {
            return Files.exists(classes) && Files.readString(classes).contains(HEARD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RawClient firstOf(ServerProcess server, int port) {
        AtomicReference<RawClient> client = new AtomicReference<>();
        Await.until(server::output, LIMIT, () -> {
            try {
                client.set(RawClient.connect(port, "/"));
                return true;
            } catch (UncheckedIOException e) {
                return !server.isAlive();
            }
        });
        return client.get();
    }
}
