package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.hostile.Footprint;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Decision 38: what a connection holds while it waits. */
@EnabledOnOs(OS.LINUX)
abstract class IdleMemoryContract {
    private static final int CONNECTIONS = 1000;

    /** What is made once, such as classes and compiled code, is not counted. */
    private static final int BEFORE = 200;

    /**
     * Measured: 7.7 to 8.8 KiB on SE and 9.8 to 10.7 KiB on MP, most of which are stacks of the interpreter. The rest of the
     * process may grow by two megabytes meanwhile. With a buffer of 8 KiB in each connection it is at least 15.9 KiB.
     */
    private static final double MOST_KIB = 13;

    /** Each is answered. Together they are more than a small buffer, and nearly what is read at once. */
    private static final int PINGS = 60;

    private static final Duration START = Duration.ofSeconds(60);

    abstract Path jar();

    @Test
    void aConnectionThatWaitsHoldsNoBuffer() {
        // The figure of Footprint is that of the whole heap with this collector.
        List<String> options = List.of("-XX:+UseG1GC", "-XX:+UseCompactObjectHeaders");
        List<RawClient> clients = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(jar(), Map.of(), START, options)) {
            open(clients, BEFORE, server.port());
            long before = Footprint.of(server.pid()).heapKib();
            open(clients, CONNECTIONS, server.port());
            double each = (Footprint.of(server.pid()).heapKib() - before) / (double) CONNECTIONS;
            System.out.printf("an idle connection takes %.1f KiB of heap%n", each);
            assertTrue(each <= MOST_KIB, () -> "an idle connection takes " + each + " KiB of heap");
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    private static void open(List<RawClient> clients, int count, int port) {
        byte[][] pings = new byte[PINGS][];
        Arrays.fill(pings, ClientFrames.ping("x".repeat(125)));
        byte[] sent = ClientFrames.join(pings);
        for (int i = 0; i < count; i++) {
            RawClient client = RawClient.connect(port, "/");
            clients.add(client);
            client.send(sent);
            for (int j = 0; j < PINGS; j++) {
                assertEquals(Opcode.PONG, client.frame().opcode());
            }
        }
    }
}
