package io.tidegate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Prometheus in a separate process, which scrapes one server five times a second. Not thread safe. */
public final class Prometheus implements AutoCloseable {
    private static final String PROGRAM = "prometheus";
    private static final Duration START = Duration.ofSeconds(20);
    private static final Pattern VALUE = Pattern.compile("\"value\":\\[[^,]+,\"([^\"]+)\"]");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final int port;
    private final Process process;

    private Prometheus(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Whether Prometheus is installed on this machine. */
    public static boolean isInstalled() {
        return Programs.find(PROGRAM).isPresent();
    }

    /** Starts Prometheus, and waits until it has scraped the server on this management port. */
    public static Prometheus scraping(int managementPort) {
        int port = FreePort.find();
        try {
            Path directory = Files.createTempDirectory("prometheus-");
            Files.writeString(directory.resolve("prometheus.yml"), """
                    global: {scrape_interval: 200ms, scrape_timeout: 200ms}
                    scrape_configs:
                      - {job_name: tidegate, static_configs: [{targets: ["127.0.0.1:%d"]}]}
                    """.formatted(managementPort));
            Process process = new ProcessBuilder(
                            Programs.find(PROGRAM).orElseThrow().toString(),
                            "--config.file=prometheus.yml",
                            "--storage.tsdb.path=data",
                            "--web.listen-address=127.0.0.1:" + port)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Prometheus prometheus = new Prometheus(directory, port, process);
            Await.until(
                    () -> "Prometheus scrapes; its log:\n" + prometheus.log(),
                    START,
                    () -> !process.isAlive() || prometheus.query("up") == 1);
            if (!process.isAlive()) {
                throw new IllegalStateException("Prometheus did not start:\n" + prometheus.log());
            }
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of an expression that has one result; NaN where it has none, as before the first scrape. */
    public double query(String expression) {
        URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
            Matcher value = VALUE.matcher(
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
            return value.find() ? Double.parseDouble(value.group(1)) : Double.NaN;
        } catch (IOException e) {
            // Prometheus does not listen yet.
            return Double.NaN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends its process and removes its directory. */
    @Override
    public void close() {
        process.destroyForcibly();
        Await.until("Prometheus ends", () -> !process.isAlive());
        Folders.delete(directory);
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }
}
