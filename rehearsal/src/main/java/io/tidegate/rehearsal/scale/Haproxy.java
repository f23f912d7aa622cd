package io.tidegate.rehearsal.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A real HAProxy that balances by least connections. It knows all slots from the start, none of them as ready. Like an
 * ingress controller, the rehearsal tells it over its runtime socket which ones are ready. Any thread.
 */
final class Haproxy implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);

    private final Program program;
    private final Path socket;

    /**
     * Starts HAProxy, and waits until it listens.
     *
     * @param connections that it must carry at the same time, each with two file descriptors
     */
    Haproxy(Path directory, int port, List<Slot> slots, int connections) {
        socket = directory.resolve("admin.sock");
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("haproxy.cfg"), configuration(port, slots, connections));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        program = Program.start(directory, "haproxy", List.of("-db", "-f", "haproxy.cfg"));
        program.awaitReady(START, () -> Files.exists(socket) && answers());
    }

    private static String configuration(int port, List<Slot> slots, int connections) {
        String servers = slots.stream()
                .map(slot -> "    server %s 127.0.0.1:%d disabled%n".formatted(slot.name(), slot.port()))
                .collect(Collectors.joining());
        return """
                global
                    maxconn %d
                    stats socket unix@admin.sock level admin

                defaults
                    mode http
                    timeout connect 5s
                    timeout client 30s
                    timeout server 30s
                    timeout tunnel 1h

                frontend websockets
                    bind 127.0.0.1:%d backlog 4096
                    default_backend pods

                backend pods
                    balance leastconn
                    option redispatch
                    retries 3
                    retry-on conn-failure empty-response 503
                """.formatted(connections, port) + servers;
    }

    /** Lets new connections go to this slot. */
    void admit(Slot slot) {
        tell("set server pods/" + slot.name() + " state ready");
    }

    /** Lets no more new connections go to this slot. Open connections stay. */
    void dismiss(Slot slot) {
        tell("set server pods/" + slot.name() + " state maint");
    }

    private boolean answers() {
        try {
            return command("show info").contains("Version");
        } catch (IOException e) {
            return false;
        }
    }

    private void tell(String command) {
        try {
            String answer = command(command);
            if (!answer.isBlank()) {
                throw new UnplayableException("HAProxy refuses '" + command + "': " + answer);
            }
        } catch (IOException e) {
            if (program.isAlive()) {
                throw new UncheckedIOException("telling HAProxy: " + command, e);
            }
        }
    }

    private String command(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                // Reads until HAProxy has written everything and closes.
            }
            return new String(answer.array(), 0, answer.position(), UTF_8);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
