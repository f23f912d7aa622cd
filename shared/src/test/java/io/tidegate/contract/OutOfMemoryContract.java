package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Without memory a process ends, whatever has started it: one that goes on has lost nobody knows what. */
abstract class OutOfMemoryContract {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MIB = 1 << 20;

    abstract Path jar();

    @Test
    void aMessageThatFindsNoMemoryEndsTheProcessWithOneLine() {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.limits.message", "64MiB");
        settings.put("tidegate.limits.queue", "64MiB");
        try (ServerProcess server = ServerProcess.start(jar(), settings, LIMIT, List.of("-Xmx48m"));
                RawClient client = RawClient.connect(server.port(), "/")) {
            long before = server.output().lines().count();
            byte[] piece = new byte[MIB];
            try {
                client.send(header(64 * MIB));
                for (int i = 0; i < 64 && server.isAlive(); i++) {
                    client.send(piece);
                }
            } catch (RuntimeException | AssertionError e) {
                // The process has ended while this was sent.
            }
            assertEquals(3, server.awaitExit(LIMIT));
            List<String> said = server.output().lines().skip(before).toList();
            assertEquals(1, said.size(), server::output);
            assertTrue(said.getFirst().startsWith("Out of memory: "), server::output);
        }
    }

    /** Of a binary message in one frame, masked with zeros. */
    private static byte[] header(int length) {
        return ByteBuffer.allocate(14)
                .put((byte) 0x82)
                .put((byte) 0xff)
                .putLong(length)
                .putInt(0)
                .array();
    }
}
