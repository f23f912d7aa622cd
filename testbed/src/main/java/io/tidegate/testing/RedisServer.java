package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis in a separate process, on a free loopback port, for one test or one class of tests.
 *
 * <p>It is the machine's own {@code redis-server} if there is one on the {@code PATH}, otherwise the binary in
 * embedded-redis. It persists nothing unless it is started with {@code --appendonly yes}. Not thread safe.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration END = Duration.ofSeconds(5);
    private static final String READY = "Ready to accept connections";

    private final Path directory;
    private final int port;
    private final boolean tls;
    private final List<String> options;
    private @Nullable Process process;

    private RedisServer(Path directory, int port, boolean tls, List<String> options) {
        this.directory = directory;
        this.port = port;
        this.tls = tls;
        this.options = options;
    }

    /**
     * Starts a server and waits until it accepts connections.
     *
     * @param options as on its command line: {@code "--appendonly", "yes"}
     */
    public static RedisServer start(String... options) {
        RedisServer server = stopped(options);
        server.restart();
        return server;
    }

    /** A server that has its port, but does not run until {@link #restart}. */
    public static RedisServer stopped(String... options) {
        return new RedisServer(Folders.create("redis-"), FreePort.find(), false, List.of(options));
    }

    /** Starts a server that accepts only TLS, with this certificate and key in PEM form. */
    public static RedisServer startTls(Path certificate, Path key) {
        int port = FreePort.find();
        List<String> options = List.of(
                "--port",
                "0",
                "--tls-port",
                String.valueOf(port),
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-ca-cert-file",
                certificate.toString(),
                "--tls-auth-clients",
                "no");
        RedisServer server = new RedisServer(Folders.create("redis-"), port, true, options);
        server.restart();
        return server;
    }

    /** Starts a server for a script, prints its address, and ends it on SIGTERM. */
    public static void main(String[] arguments) {
        System.out.println(start(arguments).url());
        while (true) {
            LockSupport.park();
        }
    }

    /** The port, the same after a {@link #restart}. */
    public int port() {
        return port;
    }

    /** The address: {@code redis://127.0.0.1:PORT}, or {@code rediss} with TLS. */
    public URI url() {
        return URI.create((tls ? "rediss" : "redis") + "://127.0.0.1:" + port);
    }

    /** Starts the server on the same port and in the same directory as before, and waits until it accepts connections. */
    public void restart() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("Redis runs already");
        }
        Path log = directory.resolve("redis.log");
        try {
            Files.deleteIfExists(log);
            Process started = new ProcessBuilder(command())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process = started;
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            Await.until(
                    () -> "Redis accepts connections; its log:\n" + read(log),
                    START,
                    () -> !started.isAlive() || read(log).contains(READY));
            if (!started.isAlive()) {
                throw new IllegalStateException("Redis did not start:\n" + read(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server at once, like a crash (SIGKILL). */
    public void kill() {
        Process running = running();
        running.destroyForcibly();
        Await.until("Redis ends", END, () -> !running.isAlive());
    }

    /** Makes the server hang: connections stay open, nothing is answered (SIGSTOP). */
    public void pause() {
        Signal.send(running(), "-STOP");
    }

    /** Ends a {@link #pause} (SIGCONT). */
    public void resume() {
        Signal.send(running(), "-CONT");
    }

    /** The CPU time that the server's process has used. */
    public Duration cpu() {
        return running().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Sends one command, words separated by spaces, and returns the first line of the answer. */
    public String command(String line) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) END.toMillis());
            socket.getOutputStream().write((line + "\r\n").getBytes(UTF_8));
            String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
            return answer == null ? "" : answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends one command like {@link #command}, and returns the texts and numbers of the whole answer, without nesting.
     *
     * @throws IllegalStateException if the answer is an error
     */
    public List<String> answer(String line) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) END.toMillis());
            socket.getOutputStream().write((line + "\r\n").getBytes(UTF_8));
            List<String> answer = new ArrayList<>();
            read(new DataInputStream(new BufferedInputStream(socket.getInputStream())), answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one value of the protocol RESP2. */
    private static void read(DataInputStream in, List<String> answer) throws IOException {
        StringBuilder header = new StringBuilder();
        for (int one = in.readByte(); one != '\n'; one = in.readByte()) {
            header.append((char) one);
        }
        String rest = header.substring(1, header.length() - 1);
        switch (header.charAt(0)) {
            case '+', ':' -> answer.add(rest);
            case '$' -> {
                answer.add(new String(in.readNBytes(Integer.parseInt(rest)), UTF_8));
                in.skipNBytes(2);
            }
            case '*' -> {
                for (int i = 0; i < Integer.parseInt(rest); i++) {
                    read(in, answer);
                }
            }
            default -> throw new IllegalStateException(header.toString());
        }
    }

    /** Ends the server's process and removes its directory. */
    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
        Folders.delete(directory);
    }

    private Process running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("Redis does not run");
        }
        return process;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(binary());
        command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", ""));
        command.addAll(options);
        return command;
    }

    private static String binary() {
        return Program.find("redis-server").orElseGet(() -> Carried.BINARY).toString();
    }

    /** The binary in embedded-redis, unpacked once in a process. */
    private static final class Carried {
        private static final Path BINARY = unpack();

        private static Path unpack() {
            try {
                return ExecutableProvider.newJarResourceProvider(ExecutableProvider.newProvidedVersionsMap())
                        .get()
                        .toPath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String read(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
