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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Prometheus in a separate process. Any thread. */
public final class Prometheus implements AutoCloseable {
    private static final String PROGRAM = "prometheus";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Pattern VALUE = Pattern.compile("\"value\":\\[[^,]+,\"([^\"]+)\"]");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final int port;
    private final Program program;

    private Prometheus(Path directory, int port, Program program) {
        this.directory = directory;
        this.port = port;
        this.program = program;
    }

    /** Whether Prometheus is installed on this machine. */
    public static boolean isInstalled() {
        return Program.find(PROGRAM).isPresent();
    }

    /**
     * Starts Prometheus, and waits until it answers.
     *
     * @param directory for its files, which it removes in the end
     * @param configuration in YAML
     * @throws Program.NotStartedException where it does not start
     */
    public static Prometheus start(Path directory, int port, String configuration) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("prometheus.yml"), configuration);
            Program program = Program.start(
                    directory,
                    PROGRAM,
                    List.of(
                            "--config.file=prometheus.yml",
                            "--storage.tsdb.path=data",
                            "--web.listen-address=127.0.0.1:" + port,
                            "--log.level=warn"));
            Prometheus prometheus = new Prometheus(directory, port, program);
            program.awaitReady(START, prometheus::isReady);
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that scrapes the server on this management port, five times a second, and has done so once. */
    public static Prometheus scraping(int managementPort) {
        Prometheus prometheus = start(Folders.create("prometheus-"), FreePort.find(), """
                global: {scrape_interval: 200ms, scrape_timeout: 200ms}
                scrape_configs:
                  - {job_name: tidegate, static_configs: [{targets: ["127.0.0.1:%d"]}]}
                """.formatted(managementPort));
        prometheus.program.awaitReady(START, () -> prometheus.query("up") == 1);
        return prometheus;
    }

    private boolean isReady() {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** The value of an expression that has one result; NaN where it has none, as before the first scrape. */
    public double query(String expression) {
        try {
            Matcher value = VALUE.matcher(ask(expression).body());
            return value.find() ? Double.parseDouble(value.group(1)) : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /**
     * The answer to an instant query, as JSON.
     *
     * @throws IOException where there is none within five seconds
     */
    public HttpResponse<String> ask(String expression) throws IOException {
        return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    }

    private HttpResponse<String> get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends its process and removes its directory. */
    @Override
    public void close() {
        program.close();
        Folders.delete(directory);
    }
}
