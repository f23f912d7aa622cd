package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server in a separate process, started like an operator starts it: settings are passed as system properties, and the
 * ports are read from the line that the server prints when it is ready. Closing it ends the process.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(
            "broadcast wss?://[^ ]+:(\\d+)/.*metrics https?://[^ ]+:(\\d+)/metrics(?:, API https?://[^ ]+:(\\d+)/api)?");

    /** The limit of a start on a busy machine. On an idle machine a start takes two or three seconds. */
    private static final Duration START = Duration.ofSeconds(60);

    /**
     * The number of write loops of a server whose settings do not set it. If this is not set either, the server decides.
     */
    private static final @Nullable Integer LOOPS = Integer.getInteger("tidegate.testing.loops");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Thread reader;
    private final List<String> output = new ArrayList<>();
    private int port;
    private int managementPort;
    private int apiPort;

    /** @param shell the words before the Java command */
    private ServerProcess(
            List<String> shell, Path jar, Map<String, String> settings, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>(shell);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Most servers live for seconds, so optimizing compilation takes longer than it saves.
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(options);
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        if (!settings.containsKey("tidegate.port")) {
            command.add("-Dtidegate.port=0");
        }
        if (!settings.containsKey("tidegate.management.port")) {
            command.add("-Dtidegate.management.port=0");
        }
        if (settings.containsKey("tidegate.api.keys") && !settings.containsKey("tidegate.api.port")) {
            command.add("-Dtidegate.api.port=0");
        }
        if (LOOPS != null && !settings.containsKey("tidegate.loops")) {
            command.add("-Dtidegate.loops=" + LOOPS);
        }
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("TIDEGATE_"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + command, e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.toHandle().destroyForcibly()));
        // A platform thread, because reading a pipe holds a carrier thread, and there are few of those.
        reader = Thread.ofPlatform().daemon().name("output of " + process.pid()).start(this::readOutput);
    }

    /** Makes the cache that lets servers of this jar start in half the time. Otherwise the first start makes it. */
    public static void prepare(Path jar) {
        var unused = AotCache.options(jar);
    }

    /** Starts a server that writes a cache file when it ends, for faster starts later. */
    static void train(Path jar, Path cache) {
        List<String> options = List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off");
        try (ServerProcess server = new ServerProcess(List.of(), jar, Map.of(), options).awaitReady(START)) {
            server.terminate();
            server.awaitExit(START);
        }
    }

    /** Starts a server, and waits up to a minute until it is ready. Ports are free ones unless the settings set them. */
    public static ServerProcess start(Path jar, Map<String, String> settings) {
        return start(jar, settings, START);
    }

    /**
     * The same with another limit, for a busy machine.
     *
     * @throws AssertionError after the limit; the process is then ended
     */
    public static ServerProcess start(Path jar, Map<String, String> settings, Duration atMost) {
        return start(jar, settings, atMost, List.of());
    }

    /** The same with options of the JVM. */
    public static ServerProcess start(Path jar, Map<String, String> settings, Duration atMost, List<String> options) {
        return new ServerProcess(List.of(), jar, settings, cached(jar, options)).awaitReady(atMost);
    }

    /** Starts a server with this limit of descriptors (ulimit -n), and waits until it is ready. */
    public static ServerProcess startWithDescriptors(int most, Path jar, Map<String, String> settings) {
        List<String> shell = List.of("sh", "-c", "ulimit -n " + most + " && exec \"$@\"", "sh");
        return new ServerProcess(shell, jar, settings, cached(jar, List.of())).awaitReady(START);
    }

    private ServerProcess awaitReady(Duration atMost) {
        try {
            Await.until(
                    () -> "the server listens; it said:\n" + output(), atMost, () -> listens() || !process.isAlive());
            if (!listens()) {
                throw new AssertionError("the server did not start:\n" + output());
            }
            return this;
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private static List<String> cached(Path jar, List<String> options) {
        List<String> all = new ArrayList<>(AotCache.options(jar));
        all.addAll(options);
        return all;
    }

    /** Starts a server without a cache, and does not wait: it has no port yet. */
    public static ServerProcess begin(Path jar, Map<String, String> settings, List<String> options) {
        return new ServerProcess(List.of(), jar, settings, options);
    }

    /**
     * Starts a server that is expected to give up, and waits until it has.
     *
     * @param arguments after the jar
     */
    public static ServerProcess startInVain(Path jar, Map<String, String> settings, String... arguments) {
        ServerProcess server = new ServerProcess(List.of(), jar, settings, cached(jar, List.of()), arguments);
        server.awaitExit(START);
        return server;
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return managementPort;
    }

    /** 0 where the API is not open. */
    public int apiPort() {
        return apiPort;
    }

    public long pid() {
        return process.pid();
    }

    /** The CPU time that the process has used; zero when it has ended. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Everything that the process has printed so far. */
    public synchronized String output() {
        return String.join("\n", output);
    }

    /** GET on the management port. */
    public HttpResponse<String> get(String path, String... headers) {
        return get(managementPort, path, headers);
    }

    /** GET on the WebSocket port. */
    public HttpResponse<String> getPage(String path, String... headers) {
        return get(port, path, headers);
    }

    /** HEAD on this port. */
    public HttpResponse<String> head(int port, String path) {
        return send(request(port, path).HEAD());
    }

    /** One sample of {@code /metrics}, by its name and some of its labels; 0 where it is missing. */
    public double metric(String name, String... labels) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    /** SIGTERM. Sent by the process handle, because {@code Process.destroy} loses the process's output. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** SIGHUP, as when a terminal is closed. */
    public void hangUp() {
        Signal.send(process, "-HUP");
    }

    /** SIGKILL. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Stops all threads of the process at once (SIGSTOP). */
    public void pause() {
        Signal.send(process, "-STOP");
    }

    /** Ends a {@link #pause} (SIGCONT). */
    public void resume() {
        Signal.send(process, "-CONT");
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end of the process, and returns its exit code. */
    public int awaitExit(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + atMost + ":\n" + output());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        kill();
        awaitExit(Duration.ofSeconds(10));
    }

    private synchronized boolean listens() {
        return port != 0;
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            lines.lines().forEach(this::take);
        } catch (UncheckedIOException | IOException e) {
            take("(output ended: " + e.getMessage() + ")");
        }
    }

    private synchronized void take(String line) {
        output.add(line);
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
            managementPort = Integer.parseInt(ready.group(2));
            apiPort = ready.group(3) == null ? 0 : Integer.parseInt(ready.group(3));
            port = Integer.parseInt(ready.group(1));
        }
    }

    private static HttpResponse<String> get(int port, String path, String... headers) {
        HttpRequest.Builder request = request(port, path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(10));
    }

    private static HttpResponse<String> send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(request.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
